import type { Person } from '../../actors/person';
import { latestRunOf } from '../../clients/event-order';
import { picos, reportOf, type Report } from '../../clients/report';

/** What a person reads in the report of their latest question. */
export async function latestReport(person: Person): Promise<Report> {
  return reportOf(latestRunOf(await person.storedAnswer(), person.latestRun));
}

/** The rows of an answer as a customer reads them, in the columns of the table that they are compared with. */
export function readRows({ answer }: Report, columns: readonly string[]): readonly Record<string, string>[] {
  if (answer === null) throw new Error('the report holds no rows');
  return answer.rows.map(({ keys, now }) => {
    const read: Record<string, string> = {
      ...Object.fromEntries(answer.by.map((name, index) => [name, keys[index] ?? ''])),
      calls: now.calls.toLocaleString('en-US'),
      tokens: (BigInt(now.inputTokens) + BigInt(now.outputTokens)).toLocaleString('en-US'),
      spend: now.spends.map(({ amount, currency }) => `${cents(amount)} ${currency}`).join(' and ') || 'unknown',
    };
    return Object.fromEntries(columns.map((column) => [column, read[column] ?? '']));
  });
}

/** Rounded half up, worked out apart from the platform. */
export function cents(amount: string): string {
  const rounded = (picos(amount) + 5_000_000_000n) / 10_000_000_000n;
  return `${rounded / 100n}.${String(rounded % 100n).padStart(2, '0')}`;
}
