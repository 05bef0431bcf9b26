import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from './api.mjs';
import { nextPage } from './next-page.mjs';

/** Pages of two, of what there is now. */
function reader(there: readonly string[], asked: (string | undefined)[] = []) {
  return (last: string | undefined): Promise<readonly string[]> => {
    asked.push(last);
    if (last !== undefined && !there.includes(last))
      return Promise.reject(new Refusal('thread_not_found', 'There is no such thread.', 404));
    const from = last === undefined ? 0 : there.indexOf(last) + 1;
    return Promise.resolve(there.slice(from, from + 2));
  };
}

void test('WS-20 the page behind what is shown is read from its last one', async () => {
  const asked: (string | undefined)[] = [];
  assert.deepEqual(await nextPage(['d', 'c'], reader(['d', 'c', 'b', 'a'], asked)), { page: ['b', 'a'], gone: [] });
  assert.deepEqual(asked, ['c']);
});

void test('WS-20 when the last ones are gone meanwhile, it is read from the last that is there, and they are told', async () => {
  const rest = await nextPage(['f', 'e', 'd', 'c'], reader(['f', 'e', 'b', 'a']));
  assert.deepEqual(rest, { page: ['b', 'a'], gone: ['d', 'c'] });
});

void test('WS-20 when all are gone, it begins anew', async () => {
  assert.deepEqual(await nextPage(['d', 'c'], reader(['b', 'a'])), { page: ['b', 'a'], gone: ['d', 'c'] });
  assert.deepEqual(await nextPage([], reader(['b', 'a'])), { page: ['b', 'a'], gone: [] });
});

for (const [what, failure] of [
  ['another refusal', new Refusal('rate_limited', 'Wait.', 429)],
  ['what is no answer', new Error('broken')],
  ['a list that is not there at all', new Refusal('not_found', 'There is nothing here.', 404)],
] as const) {
  void test(`WS-20 ${what} is told as it is`, async () => {
    const failing = nextPage(['b'], () => Promise.reject(failure));
    await assert.rejects(failing, failure);
  });
}
