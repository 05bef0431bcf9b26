import { deepEqual, equal } from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Json } from '../../../kernel';
import { withoutSecrets } from './redaction';

const names =
  'pwd passwd passphrase clientSecret credential credentials Authorization set-cookie privateKey accessKey apikey';
const all = (value: string): Json => Object.fromEntries(names.split(' ').map((name) => [name, value]));

/** What is shown, and what of it anybody sees. */
const HIDDEN: Readonly<Record<string, readonly [Json, Json]>> = {
  'a password': [
    { password: 'hunter2', user: 'app' },
    { password: '[hidden]', user: 'app' },
  ],
  'names put together': [
    { dbPassword: 'a', API_KEY: 'b', 'access-token': 'c' },
    { dbPassword: '[hidden]', API_KEY: '[hidden]', 'access-token': '[hidden]' },
  ],
  'names in a frame': [
    { _password_: 'a', api__key: 'b' },
    { _password_: '[hidden]', api__key: '[hidden]' },
  ],
  "every secret's name": [all('a'), all('[hidden]')],
  'a key inside a list': [{ a: [{ b: [{ apiKey: 'hunter2' }] }] }, { a: [{ b: [{ apiKey: '[hidden]' }] }] }],
  'bearer text': [['Bearer hunter2hunter2 was sent'], ['Bearer [hidden] was sent']],
  'basic text': ['basic  aHVudGVyMjpodW50ZXIy was sent', 'basic [hidden] was sent'],
  'a connection string': [{ at: 'postgres://app:hunter2@db:5432/app' }, { at: 'postgres://[hidden]@db:5432/app' }],
  'in an error message': ['login failed: password=hunter2, user=app', 'login failed: password=[hidden], user=app'],
  'words for passwords': ['passwd=hunter2 pwd=hunter2 secret=hunter2', 'passwd=[hidden] pwd=[hidden] secret=[hidden]'],
  'words for keys': [
    'api_key=hunter2 api-key=hunter2 apikey=hunter2',
    'api_key=[hidden] api-key=[hidden] apikey=[hidden]',
  ],
  'a token in quotes': ["'token'  :  hunter2; sent", "'token'  :  [hidden]; sent"],
  'a GitHub token': ['with ghp_abcdefghijklmnop1234', 'with [hidden]'],
  'Slack tokens': [
    'with xoxb-abcdefghijklmnop, xoxa-abcdefghijklmnop and xoxp-abcdefghijklmnop',
    'with [hidden], [hidden] and [hidden]',
  ],
  'a payment key': ['with pk_abcdefghijklmnop1234', 'with [hidden]'],
  "a provider's key": ['with sk-abcdefghijklmnop1234', 'with [hidden]'],
  'a signed token': ['eyJhbGciOi.eyJzdWIiOi.c2ln sent', '[hidden] sent'],
};

/** Harmless, however much it reads like a secret. */
const SHOWN: Readonly<Record<string, Json>> = {
  'a short bearer': 'the bearer came',
  'an address without a password': 'see https://example.com/a@b',
  'a word like a key': 'with sk-short and risk-abcdefghijklmnop1234',
  'a monkey': { monkey: 'banana', turkey: 'bird', betoken: 'mean' },
  'token counts': { inputTokens: 1200, tokens: '12', token: 7 },
  "an author's name": { author: 'Ann', authority: 'low', secretary: 'Bo' },
  'nothing, and numbers': [null, true, 0.5],
};

describe('secrets', () => {
  for (const [what, [value, seen]] of Object.entries(HIDDEN)) {
    test(`AG-13 are hidden at any depth: ${what}`, () => deepEqual(withoutSecrets(value), seen));
  }
  for (const [what, value] of Object.entries(SHOWN)) {
    test(`AG-13 are not seen in harmless words: ${what}`, () => deepEqual(withoutSecrets(value), value));
  }
  test('AG-13 what was given stays as it is', () => {
    const given = { password: 'hunter2' };
    withoutSecrets(given);
    equal(given.password, 'hunter2');
  });
});
