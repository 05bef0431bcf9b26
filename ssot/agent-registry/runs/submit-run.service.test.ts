import { deepEqual, equal, rejects } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { QUESTION, RegistryTest } from '../../../support/module-tests/agent-registry/registry-test';
import { disorderIn } from '../../../world/clients/event-order';
import type { UserName } from '../../../support/module-tests/agent-registry/test-users';

async function holds(t: RegistryTest, user: UserName, questions: number): Promise<void> {
  const events = await t.events(user);
  equal(events.filter(({ type }) => type === 'user_message').length, questions);
  equal(await t.table.countOfUser(t.users.user(user).userId), questions);
}

async function holdsOneAnswer(t: RegistryTest): Promise<void> {
  deepEqual(disorderIn(await t.ended('Dana')), []);
  equal(await t.table.countOfUser(t.users.user('Dana').userId), 1);
}

/** Dana's answer is held up, and so many more questions of hers wait behind it. */
async function waiting(t: RegistryTest, count: number): Promise<void> {
  await t.hold('triage', 'Dana');
  for (let i = 0; i < count; i++) await t.ask('Dana', `Question ${i + 2} about cost`);
}

describe('a question', () => {
  test('AG-07 that reaches two instances at one instant is one run, and the second is told so', async () => {
    await using t = new RegistryTest();
    await t.thread('Dana');
    for (const instance of ['one', 'two']) await t.instance(instance);
    const [one, two] = await Promise.all(
      ['one', 'two'].map((instance) => t.ask('Dana', QUESTION, { instance, message: 'the same' })),
    );
    equal(one?.runId, two?.runId);
    deepEqual([one?.repeated, two?.repeated].sort(), [false, true]);
    await holdsOneAnswer(t);
  });

  test('AG-07 that is sent again after its answer is known, and nothing is ahead of it', async () => {
    await using t = new RegistryTest();
    const { runId } = await t.ask('Dana', QUESTION, { message: 'the same' });
    await t.ended('Dana');
    deepEqual(await t.ask('Dana', QUESTION, { message: 'the same' }), { runId, waiting: 0, repeated: true });
    await holdsOneAnswer(t);
  });

  test('AG-07 under the id of another message is refused instead of being lost', async () => {
    await using t = new RegistryTest();
    await t.ask('Dana', QUESTION, { message: 'the same' });
    await t.ended('Dana');
    await rejects(t.ask('Dana', 'And last year?', { message: 'the same' }), {
      code: 'message_id_reused',
      field: 'clientMessageId',
      retryable: false,
      message: 'This clientMessageId belongs to another message in this thread. Give each message its own.',
    });
    await holdsOneAnswer(t);
  });

  test('AG-08 that is sent again while it waits has ahead of it what it had before', async () => {
    await using t = new RegistryTest();
    await waiting(t, 2);
    const [, first] = t.accepted;
    const again = await t.ask('Dana', 'Question 2 about cost', { message: 'message-2' });
    deepEqual(again, { runId: first?.runId, waiting: 1, repeated: true });
  });

  test('AG-08 that is sent again after it was cancelled while waiting has nothing ahead', async () => {
    await using t = new RegistryTest();
    await waiting(t, 0);
    const { runId } = await t.ask('Dana', QUESTION, { message: 'the same' });
    await t.cancel('Dana');
    deepEqual(await t.ask('Dana', QUESTION, { message: 'the same' }), { runId, waiting: 0, repeated: true });
  });

  for (const [what, text, reason] of [
    ['blank', ' \t ', 'must not be blank'],
    ['of 8,001 characters', 'x'.repeat(8_001), 'must have at most 8000 characters'],
    ['with a NUL', 'Where does\0our money go?', 'must not contain a NUL character'],
    ['with half an emoji', 'Where does our money go \ud83d?', 'must not contain half a character'],
  ] as const) {
    test(`AG-08 ${what} is refused and leaves nothing`, async () => {
      await using t = new RegistryTest();
      const refusal = { code: 'invalid_question', field: 'text', retryable: false, message: `The question ${reason}.` };
      await rejects(t.ask('Dana', text), refusal);
      await holds(t, 'Dana', 0);
    });
  }

  test('AG-08 of 8,000 characters is answered', async () => {
    await using t = new RegistryTest();
    await t.ask('Dana', 'x'.repeat(8_000));
    await holdsOneAnswer(t);
  });

  test('AG-08 of somebody who may not chat is refused, and so is reading and cancelling', async () => {
    await using t = new RegistryTest();
    const { runId } = await t.ask('Dana');
    await t.ended('Dana');
    t.users.user('Dana').permissions.delete('chat:use');
    const runs = await t.instance();
    for (const attempt of [t.ask('Dana'), runs.get(t.contextOf('Dana'), runId), t.cancel('Dana')]) {
      await rejects(attempt, { code: 'not_allowed' });
    }
    await holdsOneAnswer(t);
  });

  test('AG-08 that would be the 21st to wait is refused with the reason, and leaves neither message nor run', async () => {
    await using t = new RegistryTest();
    await waiting(t, 20);
    await rejects(t.ask('Dana'), {
      code: 'run_queue_full',
      retryable: true,
      message: '20 of your questions wait already. Ask again later.',
    });
    await holds(t, 'Dana', 21);
  });

  test("AG-08 that is the 20th to wait is accepted, and a colleague's is not counted with it", async () => {
    await using t = new RegistryTest();
    await waiting(t, 19);
    const { waiting: ahead, repeated } = await t.ask('Dana');
    deepEqual([ahead, repeated], [20, false]);
    equal((await t.ask('Ravi')).waiting, 0);
  });

  for (const [what, threads, colleagues, user, ahead] of [
    ['two of the user', 2, 0, 'Dana', 0],
    ['three of the user', 3, 0, 'Dana', 1],
    ['one of a free tenant', 0, 1, 'Leo', 0],
    ['two of a free tenant', 0, 2, 'Leo', 1],
  ] as const) {
    test(`AG-08 is told how many must end first: ${what}`, async () => {
      await using t = new RegistryTest();
      t.holdAll();
      for (let i = 0; i < threads; i++) await t.ask('Dana', QUESTION, { title: `Thread ${i}` });
      if (colleagues > 0) await t.askAsMany('Birch', colleagues);
      equal((await t.ask(user, QUESTION, { title: 'Offsite' })).waiting, ahead);
    });
  }
});
