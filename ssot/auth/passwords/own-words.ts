import { z } from 'zod';
import { codePoints, sql, type TenantId, type Transaction, type UserId } from '../../kernel';
import { AuthError } from '../errors';

/** What the platform is called. */
const PRODUCT = 'agent chat';
/** A shorter word stands in anything. */
const SHORTEST = 3;
/** Letters and digits that have to be left of a password without these words. */
const LEAST_LEFT = 8;

const wordsRow = z.object({ company: z.string(), name: z.string(), email: z.string() });
const companyRow = z.object({ company: z.string() });

/** Throws `weak_password` for one that says hardly more than what anybody knows who wants to guess it. */
export function assertNotOwnWords(password: string, about: readonly string[]): void {
  const words = [PRODUCT, ...about].flatMap((text) => [text, ...text.split(/[^\p{L}\p{N}]/u)]).map(folded);
  const telling = words.filter((word) => codePoints(word) >= SHORTEST).sort((a, b) => b.length - a.length);
  const whole = folded(password);
  const left = telling.reduce((rest, word) => rest.replaceAll(word, ''), whole);
  if (left === whole || codePoints(left) >= LEAST_LEFT) return;
  const message = 'The password is hardly more than names that belong to you, your company or this product. Add to it.';
  throw new AuthError('weak_password', message, { field: 'password' });
}

/** The names around a person: theirs, their e-mail's, their company's; nothing of one that is not there. */
export async function ownWordsOf(tx: Transaction, tenantId: TenantId, userId: UserId): Promise<readonly string[]> {
  const rows = await tx.query(
    sql`select t.name as company, a.name, a.email from account a join tenant t using (tenant_id)
        where a.tenant_id = ${tenantId} and a.user_id = ${userId}`,
    wordsRow,
  );
  return rows.flatMap(({ company, name, email }) => [company, name, email]);
}

/** What a company is called; nothing of one that is not there. */
export async function companyWordsOf(tx: Transaction, tenantId: TenantId): Promise<readonly string[]> {
  const rows = await tx.query(sql`select name as company from tenant where tenant_id = ${tenantId}`, companyRow);
  return rows.map(({ company }) => company);
}

/** Letters and digits alone, in one spelling. */
function folded(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}
