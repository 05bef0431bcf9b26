import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ThreadSwitch } from './thread-switch.mjs';
import type { Thread } from '../types';

const thread = (threadId: string): Thread => ({ threadId, title: threadId, createdAt: '' });

function page(listed: readonly string[] = []): {
  shown: (string | null)[];
  answers: Map<string, PromiseWithResolvers<Thread>>;
  opening: ThreadSwitch;
} {
  const shown: (string | null)[] = [];
  const answers = new Map<string, PromiseWithResolvers<Thread>>();
  const opening = new ThreadSwitch({
    listed: (id) => (listed.includes(id) ? thread(id) : undefined),
    load: (id) => {
      const answer = Promise.withResolvers<Thread>();
      answers.set(id, answer);
      return answer.promise;
    },
    show: (opened) => shown.push(opened?.threadId ?? null),
    failed: (failure) => shown.push((failure as Error).message),
  });
  return { shown, answers, opening };
}

void test('WS-16 of several threads that were asked for, the last one is shown, whichever answer comes last', async () => {
  const { shown, answers, opening } = page();
  const both = [opening.open('a'), opening.open('b')];
  answers.get('b')?.resolve(thread('b'));
  answers.get('a')?.resolve(thread('a'));
  await Promise.all(both);
  assert.deepEqual(shown, ['b']);
});

void test('WS-16 a late answer does not take away what was opened or begun meanwhile', async () => {
  const { shown, answers, opening } = page(['b']);
  const first = opening.open('a');
  await opening.open('b');
  answers.get('a')?.resolve(thread('a'));
  await first;
  const second = opening.open('c');
  await opening.open(null);
  answers.get('c')?.reject(new Error('There is no such thread.'));
  await second;
  assert.deepEqual(shown, ['b', null]);
});

void test('WS-17 a thread that is not there is said not to be there', async () => {
  const { shown, answers, opening } = page();
  const opened = opening.open('a');
  answers.get('a')?.reject(new Error('There is no such thread.'));
  await opened;
  assert.deepEqual(shown, ['There is no such thread.']);
});

void test('WS-16 a listed thread opens without asking', async () => {
  const { shown, answers, opening } = page(['a']);
  await opening.open('a');
  assert.deepEqual(shown, ['a']);
  assert.equal(answers.size, 0);
});
