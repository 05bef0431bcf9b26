import assert from 'node:assert/strict';
import { test } from 'node:test';
import { change } from '../../support/module-tests/company-settings';
import { ownPlatform } from '../../support/module-tests/own-platform';
import { signedInAt } from '../../support/module-tests/signed-in';
import { eventually } from '../../world/eventually';
import { NOTE } from '../../world/modules/state-manager/kinds';
import type { TenantContext, ThreadId } from '../../ssot/kernel';

const DAY_MS = 86_400_000;

void test('WS-21 a quiet thread is emptied when its company keeps it no longer, and what was noted in it goes with it', async () => {
  await using own = await ownPlatform();
  const { threads, log, runs, state, configuration } = own.platform.services;
  const [acme, birch] = [(await signedInAt(own.platform)).ctx, (await signedInAt(own.platform)).ctx];
  await configuration.change(acme, change({ 'chat.keptDays': 120 }));
  const typesIn = async (ctx: TenantContext, threadId: ThreadId): Promise<readonly string[]> =>
    (await log.read(ctx, threadId, 0, 100)).events.map(({ type }) => type);
  const answered = async (ctx: TenantContext): Promise<ThreadId> => {
    const { threadId } = await threads.create(ctx, 'Q3 spend');
    await runs.submit(ctx, { threadId, clientMessageId: 'one', text: 'Where does our money go?' });
    await eventually(async () => assert((await typesIn(ctx, threadId)).includes('agent_completed')));
    return threadId;
  };
  const [longer, usual] = [await answered(acme), await answered(birch)];
  own.clock.advance(119 * DAY_MS);
  await eventually(async () => assert.deepEqual(await typesIn(birch, usual), []));
  assert.notDeepEqual(await typesIn(acme, longer), []);
  await state.put(acme, NOTE, { id: longer }, 'remember this', { lifetimeMs: 10 * DAY_MS });
  own.clock.advance(2 * DAY_MS);
  await eventually(async () => assert.deepEqual(await typesIn(acme, longer), []));
  await eventually(async () => assert.equal(await state.get(acme, NOTE, { id: longer }), undefined));
});
