import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger, systemClock } from '../../kernel';
import { ConfigurationRefused, loadBase } from '..';

/** What is wrong with the address of a language model, among all that is wrong with nothing else set. */
async function problemWith(address: string): Promise<{ problem: string; wayOut: string } | undefined> {
  try {
    await loadBase({ variables: { MODEL_URL: address }, clock: systemClock, log: silentLogger });
  } catch (refusal) {
    assert(refusal instanceof ConfigurationRefused);
    assert(!refusal.message.includes('hunter2'));
    const found = refusal.problems.find(({ variable }) => variable === 'MODEL_URL');
    return found && { problem: found.problem, wayOut: found.wayOut };
  }
  throw new Error('an empty environment was taken');
}

for (const address of [
  'ftp://models.example',
  'models.example/v1',
  'https://key:hunter2@models.example/v1',
  'https://',
]) {
  void test(`CF-04 an instance does not start with a language model at ${address.replace('hunter2', '…')}, and names the setting`, async () => {
    assert.deepEqual(await problemWith(address), {
      problem: 'is no http: or https: address',
      wayOut: 'Write https://host/v1 without credentials, or leave it out.',
    });
  });
}

for (const address of ['', ' http://127.0.0.1:8080/v1 ', 'https://models.example']) {
  void test(`CF-04 an instance takes ${address === '' ? 'no address' : address} of a language model`, async () => {
    assert.equal(await problemWith(address), undefined);
  });
}
