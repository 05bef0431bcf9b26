import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import { systemClock, systemRandom } from '../../kernel';
import { StateError } from '../errors';
import { RedisClient, refusedWith } from './redis-client';

const replied = (message: string): Error => Object.assign(new Error(message), { name: 'ReplyError' });

const FAILURES: readonly [what: string, error: unknown, word: string | undefined][] = [
  ['a replica', replied("READONLY You can't write against a read only replica."), 'READONLY'],
  ['a word alone', replied('NOAUTH'), 'NOAUTH'],
  ['a failed script', replied('user_script:7: something is nil'), 'ERR'],
  ['a script without the right', replied('ERR ACL failure in script: No permissions'), 'NOPERM'],
  ['a broken connection', new Error('READONLY is what nobody answered'), undefined],
  ['no error at all', 'READONLY', undefined],
];
for (const [what, error, word] of FAILURES) {
  void test(`ST-09 the word with which Redis refused is told, and none where it did not answer: ${what}`, () => {
    assert.equal(refusedWith(error), word);
  });
}

const unreachable = new StateError('state_hot_unavailable', 'Redis cannot be reached.');
const REPEATED: readonly [what: string, error: Error, tries: number][] = [
  ['Redis cannot be reached', unreachable, 3],
  ['Redis has no memory', new StateError('state_out_of_memory', 'Redis is out of memory.'), 1],
  ['what is damaged', new StateError('state_corrupted', 'It is damaged.'), 1],
  ['something unforeseen', Object.assign(new Error('it fell over'), { code: 'state_hot_unavailable' }), 1],
];
for (const [what, error, tries] of REPEATED) {
  void test(`ST-09 work that may be done twice is tried ${tries === 1 ? 'once' : 'three times'}: ${what}`, async () => {
    const redis = new Redis({ lazyConnect: true });
    const client = new RedisClient(redis, { clock: systemClock, random: systemRandom });
    let tried = 0;
    const work = (): Promise<never> => {
      tried += 1;
      return Promise.reject(error);
    };
    await assert.rejects(client.retried(work), error);
    assert.equal(tried, tries);
    redis.disconnect();
  });
}
