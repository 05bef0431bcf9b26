import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toPublicError } from '../../platform/public-error';
import { schemaChanges } from '../../platform/database/schema';
import { ChatTest } from '../../support/module-tests/chat/chat-test';
import { FaultProxy } from '../../world/operations/fault-proxy';
import { addressOf } from '../../world/settings';
import { openDatabase } from '../database-manager';
import { noMetrics, silentLogger, systemClock, systemRandom } from '../kernel';

void test('WS-11 PostgreSQL restarts while connections are open, and the thread goes on with the next number', async () => {
  const url = addressOf('SPEC_POSTGRES_URL');
  await using faults = await FaultProxy.open(url);
  const through = (address: string): string => address.replace(new URL(url).host, new URL(faults.url).host);
  await using database = await openDatabase(
    {
      url: faults.url,
      ownerUrl: addressOf('SPEC_POSTGRES_OWNER_URL'),
      serviceUrl: through(addressOf('SPEC_POSTGRES_SERVICE_URL')),
      changes: schemaChanges,
    },
    { clock: systemClock, random: systemRandom, log: silentLogger, metrics: noMetrics },
  );
  await using chat = await ChatTest.start({}, Promise.resolve(database));
  const dana = chat.user();
  const threadId = await chat.thread(dana);
  const phone = await chat.watch(dana, threadId);
  const run = await chat.begin(dana, threadId);
  faults.cut();
  const refused = chat.append(dana, threadId, run.all('thought'));
  await assert.rejects(refused, (error) => toPublicError(error).code === 'store_unavailable');
  await chat.subscribe(phone, threadId);
  await chat.pass(1_000);
  assert.deepEqual(phone.errors, ['store_unavailable']);
  faults.restore();
  const { events } = await chat.append(dana, threadId, run.all('thought'));
  assert.deepEqual(
    events.map(({ seq }) => seq),
    [3],
  );
  assert.deepEqual(await chat.stored(dana, threadId), phone.events(threadId));
  assert.deepEqual([phone.state, phone.events(threadId).at(-1)], ['open', events[0]]);
});
