import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrive } from './arrival.mjs';

/** What a page at this address does, in the order in which it does it. */
async function arriving(hash: string, taken: () => Promise<void> = () => Promise.resolve()) {
  const done: string[] = [];
  const outcome = await arrive({
    location: { hash, pathname: '/' },
    replaceAddress: (address) => void done.push(`address ${address}`),
    session: {
      takeHandOver: (handOver) => {
        done.push(`code ${handOver}`);
        return taken();
      },
    },
  }).catch((refusal: Error) => refusal.message);
  return { outcome, done };
}

test('AU-06 a hand-over code is taken out of the address before it is shown to anybody', async () => {
  assert.deepEqual(await arriving('#sign-in=abc-123_'), { outcome: null, done: ['address /', 'code abc-123_'] });
});

test('AU-06 whoever was not let in is told why in a plain sentence, and the address is clean', async () => {
  const { outcome, done } = await arriving('#sign-in-refused=provider_refused');
  assert.match(String(outcome), /^Your company’s provider did not let you in here\./);
  assert.deepEqual(done, ['address /']);
  assert.equal((await arriving('#sign-in-refused=something_new')).outcome, 'You could not be signed in. Try again.');
});

test('AU-06 a code that is not taken is told as the platform says it', async () => {
  const refused = (): Promise<void> => Promise.reject(new Error('This sign-in has ended. Begin again.'));
  assert.equal((await arriving('#sign-in=abc', refused)).outcome, 'This sign-in has ended. Begin again.');
});

for (const hash of ['', '#thread_01jt5wbs00e4csqj4k1y7d0c3g', '#new']) {
  test(`AU-06 any other address is left as it is: "${hash}"`, async () => {
    assert.deepEqual(await arriving(hash), { outcome: null, done: [] });
  });
}
