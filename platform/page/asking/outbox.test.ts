import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../common/api.mjs';
import { Drafts } from './drafts.mjs';
import { Outbox } from './outbox.mjs';
import type { Thread } from '../types';

class Page {
  isOpen = true;
  readonly said: string[] = [];
  readonly creations: { title: string; key: string; answer: PromiseWithResolvers<Thread> }[] = [];
  readonly created: string[] = [];
  readonly drafts: Drafts;
  readonly outbox: Outbox;

  constructor() {
    let next = 0;
    const stored = { read: () => undefined, write: () => false, remove: () => undefined };
    this.drafts = new Drafts(stored, () => `name ${(next += 1)}`);
    this.outbox = new Outbox({
      drafts: this.drafts,
      connection: this,
      createThread: (title, key) => {
        const answer = Promise.withResolvers<Thread>();
        this.creations.push({ title, key, answer });
        return answer.promise;
      },
      created: ({ threadId }) => this.created.push(threadId),
      changed: () => undefined,
    });
  }

  say(message: object): void {
    const { threadId, clientMessageId, text } = message as Record<string, string>;
    if (this.isOpen) this.said.push(`${threadId}: ${text} (${clientMessageId})`);
  }

  async answers(threadId: string): Promise<void> {
    this.creations.at(-1)?.answer.resolve({ threadId, title: '', createdAt: '' });
    await new Promise((resolve) => setImmediate(resolve));
  }

  async refuses(refusal: Refusal): Promise<void> {
    this.creations.at(-1)?.answer.reject(refusal);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

void test('WS-18 a question in a thread is sent under a name that stays the same', () => {
  const page = new Page();
  page.outbox.ask('a', 'Who?');
  page.outbox.sendWaiting(() => true);
  assert.deepEqual(page.said, ['a: Who? (name 1)', 'a: Who? (name 1)']);
});

void test('WS-18 a question without a thread names one, which is made once', async () => {
  const page = new Page();
  page.outbox.ask(null, 'Who spends most?\nAnd why?');
  page.outbox.sendWaiting(() => true);
  assert.deepEqual(
    page.creations.map(({ title, key }) => [title, key]),
    [['Who spends most?', 'name 1']],
  );
  await page.answers('a');
  assert.deepEqual(page.created, ['a']);
  assert.deepEqual(page.said, ['a: Who spends most?\nAnd why? (name 1)']);
});

void test('WS-18 out of reach, it waits for the next connection and makes its thread with the same key', async () => {
  const page = new Page();
  page.isOpen = false;
  page.outbox.ask(null, 'Who?');
  await page.refuses(new Refusal('unreachable', 'Not now.'));
  assert.equal(page.drafts.questions()[0]?.refusal, null);
  page.isOpen = true;
  page.outbox.sendWaiting(() => true);
  assert.deepEqual(
    page.creations.map(({ key }) => key),
    ['name 1', 'name 1'],
  );
  await page.answers('a');
  assert.deepEqual(page.said, ['a: Who? (name 1)']);
});

void test('WS-18 a thread that is refused keeps the question, with the reason, to be asked again', async () => {
  const page = new Page();
  page.outbox.ask(null, 'Who?');
  await page.refuses(new Refusal('thread_limit', 'You have 50 threads.', 409));
  const [question] = page.drafts.questions();
  assert(question !== undefined);
  assert.equal(question.refusal, 'You have 50 threads.');
  page.outbox.sendWaiting(() => true);
  assert.equal(page.creations.length, 1);
  page.outbox.again(question);
  await page.answers('a');
  assert.deepEqual(page.said, ['a: Who? (name 1)']);
});

void test('WS-18 a question that was removed while its thread was made is not asked', async () => {
  const page = new Page();
  page.outbox.ask(null, 'Who?');
  page.outbox.remove('name 1');
  await page.answers('a');
  assert.deepEqual(page.said, []);
});

void test('WS-18 a refused question waits to be asked again, and the others do not wait for it', () => {
  const page = new Page();
  page.isOpen = false;
  page.outbox.ask('a', 'Who?');
  page.outbox.ask('b', 'What?');
  assert.equal(page.outbox.refused('name 1', 'Too fast.'), true);
  assert.equal(page.outbox.refused('somebody else’s', 'Too fast.'), false);
  page.isOpen = true;
  page.outbox.sendWaiting(({ threadId }) => threadId !== 'c');
  assert.deepEqual(page.said, ['b: What? (name 2)']);
});
