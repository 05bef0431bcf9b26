import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as argon2 from '@node-rs/argon2';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import type { AuthError } from '../errors';
import { assertStrong, Passwords, type Hasher } from './passwords';

/** Whoever stores a password. */
const NOBODY = { crowds: [], about: [] };

/** The reason why it is refused; nothing when it is not. */
function refused(password: string): string | undefined {
  try {
    assertStrong(password);
    return undefined;
  } catch (refusal) {
    const { code, field, message } = refusal as AuthError;
    assert.deepEqual([code, field], ['weak_password', 'password']);
    return message;
  }
}

const FEWER = 'The password has fewer than 12 characters; use 12 to 128.';
const MORE = 'The password has more than 128 characters; use 12 to 128.';

for (const [what, password, reason] of [
  ['11 characters', 'a'.repeat(11), FEWER],
  ['12 characters', 'a'.repeat(12), undefined],
  ['128 characters', 'a'.repeat(128), undefined],
  ['129 characters', 'a'.repeat(129), MORE],
  ['11 emojis, which are 22 units', '🔑'.repeat(11), FEWER],
  ['12 emojis', '🔑'.repeat(12), undefined],
  ['128 emojis, which are 256 units', '🔑'.repeat(128), undefined],
  ['129 emojis', '🔑'.repeat(129), MORE],
  ['11 letters with their accents apart', 'e\u0301'.repeat(11), FEWER],
  ['128 letters with their accents apart', 'e\u0301'.repeat(128), undefined],
  ['ligatures that stand for several letters', 'ﬃ'.repeat(4), undefined],
  ['one sign that stands for 18 characters', 'ﷺ'.repeat(8), MORE],
  ['a million characters', 'a'.repeat(1_000_000), MORE],
  ['half an emoji', `${'a'.repeat(12)}\ud83d`, 'The password has half a character in it; use 12 to 128.'],
] as const) {
  void test(`AU-05 a password is counted in characters as it is compared: ${what}`, () => {
    assert.equal(refused(password), reason);
  });
}

/** Counts what is hashed, at a cost that tests can pay. */
class Hashed implements Hasher {
  readonly shown: string[] = [];
  readonly against: string[] = [];
  readonly hash: Hasher['hash'] = (password) => argon2.hash(password, { memoryCost: 64, timeCost: 1 });
  readonly verify: Hasher['verify'] = (stored, password) => {
    this.shown.push(String(password));
    this.against.push(String(stored));
    return argon2.verify(stored, password);
  };
}

async function matches(stored: string, shown: string): Promise<boolean> {
  const passwords = new Passwords(new ControlledClock(), new Hashed());
  const hash = await passwords.hash(stored, NOBODY);
  return passwords.inTurn({ crowds: [] }, (verify) => verify(hash, shown));
}

for (const [what, stored, shown, isSame] of [
  ['accents apart and together', 'cafe\u0301 cafe\u0301 cafe', 'caf\u00e9 caf\u00e9 cafe', true],
  ['full-width and plain letters', 'ｐａｓｓｗｏｒｄ ｌｏｎｇ', 'password long', true],
  ['other case', 'Correct horse battery', 'correct horse battery', false],
  ['a blank behind', 'correct horse battery', 'correct horse battery ', false],
  ['128 characters and 129', 'a'.repeat(128), 'a'.repeat(129), false],
] as const) {
  void test(`AU-05 one password, however it is spelt, and no other: ${what}`, async () => {
    assert.equal(await matches(stored, shown), isSame);
  });
}

void test('AU-05 whatever cannot be a password costs one hashing of nothing', async () => {
  const hashed = new Hashed();
  const passwords = new Passwords(new ControlledClock(), hashed);
  const hash = await passwords.hash('correct horse battery', NOBODY);
  for (const shown of ['a'.repeat(1_000_000), 'short', '\ud83d'.repeat(20)]) {
    assert.equal(await passwords.inTurn({ crowds: [] }, (verify) => verify(hash, shown)), false);
  }
  assert.deepEqual(hashed.shown, ['', '', '']);
});

void test('AU-05 an unknown e-mail costs the same hashing as a known one, and no password is right', async () => {
  const hashed = new Hashed();
  const passwords = new Passwords(new ControlledClock(), hashed);
  const isRight = await passwords.inTurn({ crowds: [] }, (verify) => verify(undefined, 'correct horse battery'));
  assert.equal(isRight, false);
  assert.deepEqual(hashed.shown, ['correct horse battery']);
  assert.match(hashed.against.join(), /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
});

void test('AU-05 whoever stores a password waits for no stranger who is guessing', async () => {
  const passwords = new Passwords(new ControlledClock(), new Hashed());
  const order: string[] = [];
  const stored = Promise.withResolvers<void>();
  const guess = passwords.inTurn({ crowds: [] }, () => stored.promise.then(() => order.push('guessed')));
  await passwords.hash('correct horse battery', NOBODY);
  order.push('stored');
  stored.resolve();
  await guess;
  assert.deepEqual(order, ['stored', 'guessed']);
});

void test('AU-05 a stored password is argon2id with 19 MiB and 2 passes, and another salt each time', async () => {
  const passwords = new Passwords(new ControlledClock());
  const stored = [
    await passwords.hash('a password that is long', NOBODY),
    await passwords.hash('a password that is long', NOBODY),
  ];
  for (const one of stored) assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  assert.notEqual(stored[0], stored[1]);
  const judged = (shown: string): Promise<boolean> =>
    passwords.inTurn({ crowds: [] }, (verify) => verify(stored[0], shown));
  assert.deepEqual([await judged('a password that is long'), await judged('another password')], [true, false]);
});
