import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { said } from '../../../support/module-tests/said';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import type { TenantId, Transaction, Transactions } from '../../kernel';
import { AccountTurns } from './account-turns';

const [acme, birch, cedar] = ['acme', 'birch', 'cedar'] as [TenantId, TenantId, TenantId];
const TOO_MUCH = {
  ...{ code: 'overloaded', retryable: true, retryAfterMs: 1_000 },
  message: 'Your company sends too much at this moment. Try again in a second.',
};

/** Transactions that end when a test says so. */
function scene() {
  const clock = new ControlledClock();
  const asked: string[] = [];
  const db = {
    asService: (who: { readonly name: string }, body: (tx: Transaction) => unknown, options: { readOnly: boolean }) => {
      asked.push(`${who.name}${options.readOnly ? ' reads' : ''}`);
      return body({} as Transaction);
    },
  } as unknown as Transactions;
  const turns = new AccountTurns({ db, clock });
  const begun: string[] = [];
  const end = Promise.withResolvers<void>();
  const come = (company: TenantId): Promise<string> =>
    said(
      turns.run(company, () => {
        begun.push(company);
        return end.promise;
      }),
    );
  return { clock, asked, turns, begun, end: () => end.resolve(), come };
}

test('AU-05 of one company one turn runs at a time, and of all companies two', async () => {
  const { begun, come, end } = scene();
  const all = [acme, acme, birch, cedar].map(come);
  await turn();
  assert.deepEqual(begun, [acme, birch]);
  end();
  assert.deepEqual(await Promise.all(all), Array(4).fill('fine'));
});

test('AU-05 a company that sends 200 at once is refused the next, with the wait, and others are not', async () => {
  const { turns, come, end } = scene();
  const all = Array.from({ length: 200 }, () => come(acme));
  await assert.rejects(
    turns.run(acme, () => Promise.resolve()),
    TOO_MUCH,
  );
  assert.equal(await turns.run(birch, () => Promise.resolve('done')), 'done');
  end();
  assert.deepEqual(new Set(await Promise.all(all)), new Set(['fine']));
  assert.equal(await turns.run(acme, () => Promise.resolve('done')), 'done');
});

test('AU-05 nobody waits longer than five seconds for a turn of their company', async () => {
  const { clock, turns, come, end } = scene();
  const first = come(acme);
  let outcome = 'waits';
  const refused = assert
    .rejects(
      turns.run(acme, () => Promise.resolve()),
      TOO_MUCH,
    )
    .then(() => (outcome = 'refused'));
  clock.advance(4_999);
  await turn();
  assert.equal(outcome, 'waits');
  clock.advance(1);
  await refused;
  end();
  assert.equal(await first, 'fine');
});

test('AU-05 turns of companies use connections that no sign-in uses, and what only looks can change nothing', async () => {
  const { asked, turns } = scene();
  await turns.run(acme, () => Promise.resolve(), true);
  await turns.run(acme, () => Promise.resolve());
  assert.deepEqual(asked, ['accounts reads', 'accounts']);
});
