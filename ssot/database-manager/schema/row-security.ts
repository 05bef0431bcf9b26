type Columns = `(${string})`;
/** A right on a whole table, or on some of its columns: "select", "update (title, state)". */
export type Grant =
  | 'select'
  | 'insert'
  | 'update'
  | 'delete'
  | `select ${Columns}`
  | `insert ${Columns}`
  | `update ${Columns}`;

/**
 * The SQL that puts a company's table under row security, for a module's schema change: every row carries `tenant_id`,
 * and the app login meets rows of the transaction's company only; so does the table's owner. Services (sign-in, relays)
 * meet rows of all companies. Either login may do what is granted here, and nothing else.
 */
export function rowSecurity(
  table: string,
  grants: { readonly app: readonly Grant[]; readonly service?: readonly Grant[] },
): string {
  const { app, service = [] } = grants;
  const own = `tenant_id = current_setting('app.tenant_id', true)`;
  const statements = [
    `alter table ${table} enable row level security`,
    `alter table ${table} force row level security`,
  ];
  if (app.length > 0) {
    statements.push(`grant ${app.join(', ')} on ${table} to specs_app`);
    statements.push(`create policy own_company on ${table} to specs_app using (${own}) with check (${own})`);
  }
  if (service.length > 0) {
    statements.push(`grant ${service.join(', ')} on ${table} to specs_service`);
    statements.push(`create policy across_companies on ${table} to specs_service using (true) with check (true)`);
  }
  return statements.map((statement) => `${statement};\n`).join('');
}
