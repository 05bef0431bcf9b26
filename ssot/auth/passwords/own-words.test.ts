import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertNotOwnWords } from './own-words';

const ABOUT = ['Acme Widgets', 'Dana Müller', 'dana.mueller@acme.example'];

for (const [what, password] of [
  ["the company's name with a year", 'AcmeWidgets2026!'],
  ['a part of it, twice', 'Widgets Widgets 1'],
  ['in other capitals, with signs between', 'a-c-m-e W.I.D.G.E.T.S'],
  ['the own name', 'dana müller 123'],
  ['the own name, accents apart', 'Dana Mu\u0308ller 123'],
  ['what stands before the "@"', 'dana.mueller.1234'],
  ['the whole e-mail', 'dana.mueller@acme.example'],
  ["the product's name", 'Agent-Chat-123456'],
  ['seven characters beside it', 'acme-abcdefg-acme'],
] as const) {
  test(`AU-05 a password that is hardly more than names is refused, with the reason: ${what}`, () => {
    assert.throws(() => assertNotOwnWords(password, ABOUT), {
      ...{ code: 'weak_password', field: 'password', message: /hardly more than names that belong to you/ },
    });
  });
}

test('AU-05 of names that begin alike the whole longer one counts', () => {
  const about = ['Ann', 'Annabelle-Marie'];
  assert.throws(() => assertNotOwnWords('annabelle annabelle', about), { code: 'weak_password' });
});

test('AU-05 a name of three characters counts, one of two stands in anything', () => {
  assert.throws(() => assertNotOwnWords('max-max-max-max', ['Max Po']), { code: 'weak_password' });
  assertNotOwnWords('po-po-po-po-po', ['Max Po']);
});

for (const [what, password] of [
  ['eight characters beside it', 'acme-abcdefgh-acme'],
  ['a sentence about the company', 'widgets have made acme rich since 1904'],
  ['no name in it', 'correct horse battery'],
  ['neither letters nor digits in it', '🔑'.repeat(12)],
] as const) {
  test(`AU-05 a password that is more than names is not: ${what}`, () => assertNotOwnWords(password, ABOUT));
}
