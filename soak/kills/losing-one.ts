import { Client } from 'pg';
import { addressOf } from '../../world/settings';
import type { Person } from '../people/people';
import type { Ledger } from './ledger';

/**
 * Takes one acknowledged question out of PostgreSQL, to see that the exercise notices. Says which.
 */
export async function loseOneQuestion(ledger: Ledger, people: readonly Person[]): Promise<string> {
  const client = new Client({ connectionString: addressOf('SPEC_POSTGRES_URL') });
  await client.connect();
  try {
    for (const key of ledger.kept.questions.keys()) {
      const [threadId, clientMessageId] = key.split(' ');
      for (const tenantId of new Set(people.map((person) => person.tenantId))) {
        await client.query('begin');
        await client.query(`select set_config('app.tenant_id', $1, true)`, [tenantId]);
        const { rowCount } = await client.query(
          `delete from thread_events where thread_id = $1 and type = 'user_message' and data ->> 'clientMessageId' = $2`,
          [threadId, clientMessageId],
        );
        await client.query('commit');
        if (rowCount === 1) return key;
      }
    }
    throw new Error('no question was acknowledged: there is none to lose');
  } finally {
    await client.end();
  }
}
