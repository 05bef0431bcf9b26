import { z } from 'zod';
import { DatabaseError } from '../../database-manager';
import { sql, textProblem, type TenantId, type Transaction, type UserId } from '../../kernel';
import type { AuthDeps, NewPerson } from '../contract';
import { AuthError } from '../errors';
import { assertStrong, type Passwords } from '../passwords/passwords';

const MAX_NAME = 200;
const email = z.email().max(254);

/**
 * Checks a new person and hashes their password; what it answers stores them in a turn of auth's service principal. Throws
 * `invalid_input` or `weak_password` before anything is hashed. `company`: what it is called. The turn throws `email_taken`, or `not_found` without a company.
 */
export async function insertPerson(
  deps: Pick<AuthDeps, 'clock' | 'ids'> & { readonly passwords: Passwords },
  { tenantId, company }: { readonly tenantId: TenantId; readonly company: readonly string[] },
  person: NewPerson,
): Promise<(tx: Transaction) => Promise<UserId>> {
  const name = checkedName(person.name);
  const address = checkedEmail(person.email);
  assertStrong(person.password);
  const about = [...company, name, address];
  const hash = await deps.passwords.hash(person.password, { crowds: [tenantId], about });
  return async (tx) => {
    const id = deps.ids.next('user');
    const createdAt = new Date(deps.clock.now());
    try {
      await tx.execute(sql`
        insert into account (tenant_id, user_id, name, email, password_hash, role, created_at)
        values (${tenantId}, ${id}, ${name}, ${address}, ${hash}, ${person.role}, ${createdAt})`);
    } catch (error) {
      throw refusalOf(error);
    }
    return id;
  };
}

/** A name of a person or a company. Throws `invalid_input`. */
export function checkedName(name: string): string {
  const problem = textProblem(name, MAX_NAME);
  if (problem !== undefined) throw new AuthError('invalid_input', `"name" ${problem}.`, { field: 'name' });
  return name.trim();
}

export function noSuchCompany(): AuthError {
  return new AuthError('not_found', 'There is no such company.', { field: 'tenantId' });
}

function checkedEmail(text: string): string {
  const read = email.safeParse(text);
  if (read.success) return read.data;
  throw new AuthError('invalid_input', `"email" is not valid: ${read.error.issues[0]?.message}.`, { field: 'email' });
}

function refusalOf(error: unknown): unknown {
  if (!(error instanceof DatabaseError)) return error;
  if (error.constraint?.kind === 'reference') return noSuchCompany();
  if (error.constraint?.name !== 'account_email') return error;
  return new AuthError('email_taken', 'Somebody has this e-mail already.', { field: 'email' });
}
