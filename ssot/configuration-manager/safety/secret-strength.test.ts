import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { isSameSecret, weaknessOf } from './secret-strength';

const random = (): string => randomBytes(24).toString('hex');
const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');
const TEMPLATE = 'contains a placeholder such as changeme';
const UNIFORM = 'is made of too few different characters';

for (const word of [
  ...[
    'changeme',
    'change-me',
    'Change it',
    'change.this',
    'replace_me',
    'REPLACEIT',
    'password',
    'passwort',
    'passw0rd',
  ],
  ...['placeholder', 'insecure', 'development', 'qwertyui', 'qwertzui', 'asdfghjk', 'yxcvbnma', 'zxcvbnma'],
]) {
  void test(`CF-04 "${word}" in a secret is one of a template, wherever it stands`, () => {
    for (const secret of [`${word}${random()}`, `${random()}${word}`]) assert.equal(weaknessOf(secret, 32), TEMPLATE);
  });
}

for (const [name, secret, weakness] of [
  ['nothing', '', 'is empty'],
  ['one too few', 'Zk3vQ9xL7pT2mW8', 'is shorter than 16 characters'],
  ['as many as it needs', 'Zk3vQ9xL7pT2mW8r', undefined],
  ['words with less than a third beside them', 'secret-sample-master-adminZk3vQ9xL7pT', TEMPLATE],
  ['words with a third beside them', 'secret-sample-master-letZk3vQ9xL7pT2', undefined],
  ['one character repeated', '7777777777777777', 'is one character repeated'],
  ['a pattern of half its length', 'Zk3vQ9xL'.repeat(2), 'is a short pattern repeated'],
  ['a pattern that ends half-way', 'Zk3vQ9xLZk3vQ9xLZk3', 'is a short pattern repeated'],
  ['a pattern that is not there twice', 'Zk3vQ9xL7Zk3vQ9xL', undefined],
  ['seven different characters', base64('gadbcefbgcfaedgbfcadegfbaecdgbfa'), UNIFORM],
  ['eight different characters', base64('gadhbcefbhgcfaedgbfchadegfbaecdg'), undefined],
  ['six different characters in sixteen', 'qmxqzkmzxkvqmvzx', undefined],
  ['pairs counted up', '1021324354657687', 'is counted up or down'],
  ['few bytes of which some are as far apart', '9c41e72ba54af018', undefined],
] as const) {
  void test(`CF-04 a secret is judged by all that is known of weak ones: ${name}`, () =>
    assert.equal(weaknessOf(secret, 16), weakness));
}

const BYTES = Buffer.from('f3a91c7be20d4685b7d2103e', 'hex');
for (const [name, one, other, isSame] of [
  ['the same', 'planted', 'planted', true],
  ['another', 'planted', 'plantee', false],
  ['hex and base64', BYTES.toString('hex'), BYTES.toString('base64'), true],
  ['hex in two cases', 'f3a91c7be20d4685', 'F3A91C7BE20D4685', true],
  ['a sign at the end that no base64 has', `${BYTES.toString('base64')}!`, `${BYTES.toString('base64')}*`, false],
  ['a sign at the beginning that no base64 has', `!${BYTES.toString('base64')}`, `*${BYTES.toString('base64')}`, false],
  ['text that begins like hex', `${BYTES.toString('hex')}!`, `${BYTES.toString('hex')}*`, false],
  ['text that ends like hex', `!${BYTES.toString('hex')}`, `*${BYTES.toString('hex')}`, false],
  ['short ones of which nothing is left', 'a', 'b', false],
] as const) {
  void test(`CF-04 two secrets are one in whatever way they are written: ${name}`, () => {
    assert.equal(isSameSecret(one, other), isSame);
    assert.equal(isSameSecret(other, one), isSame);
  });
}
