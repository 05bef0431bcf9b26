# Run once by PostgreSQL's image, on an empty volume. The owner changes the schema, app and service serve; none of them
# may look past row security, and each has a password of its own.
psql --username superuser --dbname platform --set ON_ERROR_STOP=1 \
  --set owner="$OWNER_PASSWORD" --set app="$APP_PASSWORD" --set service="$SERVICE_PASSWORD" <<'SQL'
create role owner login createrole password :'owner';
create role app login password :'app';
create role service login password :'service';
revoke all on database platform from public;
grant connect on database platform to app, service;
alter database platform owner to owner;
alter schema public owner to owner;
SQL
