import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertUncommon, commonPasswords } from './common-passwords';

const COMMON = ['1qaz2wsx3edc', 'qwerty123456', 'QWERTY123456', 'LeaveMeAlone', 'ｑｗｅｒｔｙ123456', ' qwerty123456 '];
for (const password of COMMON) {
  test(`AU-05 a password that is guessed first is refused, with the reason: ${password}`, async () => {
    const refusal = { code: 'weak_password', field: 'password', message: /one of the most common ones/ };
    await assert.rejects(assertUncommon(password), refusal);
  });
}

for (const password of ['a password that is long enough', 'qwerty123456 and more', 'xqwerty123456']) {
  test(`AU-05 a password that only resembles one is not: ${password}`, () => assertUncommon(password));
}

/** As OWASP ASVS 6.2.4 counts them: of those that may be chosen at all. */
test('AU-05 at least 3,000 passwords that are long enough are refused as common', async () => {
  const found = [...(await commonPasswords())];
  assert(found.length >= 3_000, `${found.length} are on the list`);
  assert.deepEqual(
    found.filter((one) => one.length < 12),
    [],
  );
});
