/**
 * The SQL that puts a company's table under row security, for a module's schema change: every row carries `tenant_id`,
 * the app login sees and writes rows of the turn's company only, and so does the table's owner. Services (sign-in,
 * relays) get nothing unless `service` grants it; what they are granted they see across companies.
 */
export function rowSecurity(
  table: string,
  service: readonly ('select' | 'insert' | 'update' | 'delete')[] = [],
): string {
  const granted =
    service.length === 0
      ? ''
      : `
grant ${service.join(', ')} on ${table} to specs_service;
create policy across_companies on ${table} to specs_service using (true) with check (true);`;
  return `
alter table ${table} enable row level security;
alter table ${table} force row level security;
grant select, insert, update, delete on ${table} to specs_app;
create policy own_company on ${table} to specs_app
  using (tenant_id = current_setting('app.tenant_id', true))
  with check (tenant_id = current_setting('app.tenant_id', true));${granted}
`;
}
