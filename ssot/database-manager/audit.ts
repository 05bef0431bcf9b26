import type pg from 'pg';
import { z } from 'zod';
import { DatabaseError } from './errors';

const OLDEST_SERVER = 150_000;

const factsRow = z.object({
  version: z.coerce.number(),
  may_bypass: z.boolean(),
  unprotected: z.array(z.string()),
  owned: z.array(z.string()),
});

/** What a login could do that it must not, and which customer tables lie open. */
const FACTS = `
select current_setting('server_version_num') as version,
  (select rolsuper or rolbypassrls from pg_roles where rolname = current_user) as may_bypass,
  coalesce(array_agg(t.name) filter (where not (t.enabled and t.forced and t.has_policy)), '{}') as unprotected,
  coalesce(array_agg(t.name) filter (where t.owned), '{}') as owned
from (select c.relname::text as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
    exists (select from pg_policy p where p.polrelid = c.oid) as has_policy,
    pg_has_role(current_user, c.relowner, 'usage') as owned
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
  where c.relkind in ('r', 'p') and c.relnamespace = current_schema()::regnamespace) t`;

/** Refuses a login that could see past row security, and a customer table without it. */
export async function assertSafe(client: pg.ClientBase, login: 'app' | 'service'): Promise<void> {
  const facts = factsRow.parse((await client.query(FACTS)).rows[0]);
  if (facts.version < OLDEST_SERVER) throw unsafe(`This PostgreSQL is older than 15; use 15 or newer.`);
  if (facts.may_bypass) {
    throw unsafe(`The ${login} login may bypass row security. Use one that is neither superuser nor has BYPASSRLS.`);
  }
  if (facts.owned.length > 0) {
    throw unsafe(`The ${login} login owns customer tables (${facts.owned.join(', ')}). Use one that owns none.`);
  }
  if (facts.unprotected.length > 0) {
    throw unsafe(
      `These customer tables are without forced row security: ${facts.unprotected.join(', ')}. Protect them in a schema change.`,
    );
  }
}

function unsafe(message: string): DatabaseError {
  return new DatabaseError('database_unsafe', message);
}
