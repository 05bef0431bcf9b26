import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyRing, type Id, type SessionId, type TenantId, type UserId } from '../kernel';
import { Seal } from './sealing';

const masterKey = (id: string, byte: number) => ({ id, key: new Uint8Array(32).fill(byte) });
const [old, present, lost] = [masterKey('old', 1), masterKey('present', 2), masterKey('lost', 3)];
const seal = new Seal(new KeyRing([present, old]));
const before = new Seal(new KeyRing([old]));
const elsewhere = new Seal(new KeyRing([lost]));

const SESSION = 'session_01jt5wbs00e4csqj4k1y7d0c3h' as SessionId;
const KEY = 'key_01jt5wbs00e4csqj4k1y7d0c3h' as Id<'key'>;
const [dana, leo] = ['user_01jt5wbs00e4csqj4k1y7d0c3g', 'user_01jt5wbs00e4csqj4k1y7d0c3k'] as [UserId, UserId];
const [acme, birch] = ['tenant_01jt5wbs00e4csqj4k1y7d0c3f', 'tenant_01jt5wbs00e4csqj4k1y7d0c3m'] as [
  TenantId,
  TenantId,
];
const SECRET = new Uint8Array(32).fill(7);

const CREDENTIALS = [
  [
    'a renewal token',
    SESSION,
    (by: Seal) => by.refreshToken(SESSION, SECRET),
    (by: Seal, text: string) => by.sessionOf(text),
  ],
  ['an API key', KEY, (by: Seal) => by.apiKey(KEY, SECRET), (by: Seal, text: string) => by.keyOf(text)],
] as const;

for (const [what, whose, make, read] of CREDENTIALS) {
  const genuine = make(seal);

  test(`AU-03 ${what} proves by itself whose it is, also under a master key that was replaced`, () => {
    assert.equal(read(seal, genuine), whose);
    assert.equal(read(seal, make(before)), whose);
  });

  const half = genuine.slice(0, genuine.length / 2);
  for (const [near, text] of [
    ['the first half', half],
    ['the second half', genuine.slice(half.length)],
    ['in capitals', genuine.toUpperCase()],
    ['a blank behind', `${genuine} `],
    ['a line break behind', `${genuine}\n`],
    ['a blank before', ` ${genuine}`],
    ['one character less', genuine.slice(0, -1)],
    ['one character more', `${genuine}A`],
    ['another last character', `${genuine.slice(0, -1)}${genuine.endsWith('A') ? 'Q' : 'A'}`],
    ['another person’s', genuine.replace('d0c3h', 'd0c3g')],
    ['a wildcard', genuine.replace(/[^.]+$/, '%')],
    ['a proof cut short', genuine.slice(0, -21)],
    ['issued under a master key that is not there', make(elsewhere)],
    ['nothing', ''],
  ] as const) {
    test(`AU-03 what is nearly ${what} is nobody's: ${near}`, () => assert.equal(read(seal, text), undefined));
  }
}

test('AU-03 a renewal token is no API key, and an API key renews nothing', () => {
  assert.equal(seal.keyOf(seal.refreshToken(SESSION, SECRET)), undefined);
  assert.equal(seal.sessionOf(seal.apiKey(KEY, SECRET)), undefined);
  assert.equal(seal.sessionOf(seal.apiKey(SESSION as unknown as Id<'key'>, SECRET)), undefined);
  assert.equal(seal.keyOf(seal.refreshToken(KEY as unknown as SessionId, SECRET)), undefined);
});

test('AU-03 a renewal token has one successor of the same sign-in, on every instance and each time', () => {
  const token = seal.refreshToken(SESSION, SECRET);
  const [successor, ...others] = seal.successorsOf(token, SESSION);
  assert.notEqual(successor, token);
  assert.equal(seal.sessionOf(successor), SESSION);
  assert.deepEqual(new Seal(new KeyRing([present, old])).successorsOf(token, SESSION), [successor, ...others]);
  assert.notEqual(seal.successorsOf(seal.refreshToken(SESSION, new Uint8Array(32)), SESSION)[0], successor);
});

test('AU-03 while master keys are being changed, what another instance has given is known as a successor', () => {
  const token = before.refreshToken(SESSION, SECRET);
  const [given] = before.successorsOf(token, SESSION);
  const [newest, ...others] = seal.successorsOf(token, SESSION);
  assert.notEqual(newest, given);
  assert.deepEqual(others, [given]);
});

test('AU-09 a backup code is stored for its owner alone, and found again under a master key that was replaced', () => {
  const [newest, ...known] = seal.backupCodeHashes(dana, 'k3v9q0xw7m');
  const [stored] = before.backupCodeHashes(dana, 'k3v9q0xw7m');
  assert.deepEqual(known, [newest, stored]);
  assert.notDeepEqual(seal.backupCodeHashes(leo, 'k3v9q0xw7m')[0], newest);
  assert.notDeepEqual(seal.backupCodeHashes(dana, 'k3v9q0xw7n')[0], newest);
});

test('AU-08 a removed person is known again to their company alone, also under a master key that was replaced', () => {
  const [newest, ...known] = seal.removedPersonHashes(acme, 'email dana@acme.example');
  const [stored] = before.removedPersonHashes(acme, 'email dana@acme.example');
  assert.deepEqual(known, [newest, stored]);
  assert.notDeepEqual(seal.removedPersonHashes(birch, 'email dana@acme.example')[0], newest);
  assert.notDeepEqual(seal.removedPersonHashes(acme, 'email leo@acme.example')[0], newest);
});

test('AU-07 a pseudonym tells nobody, is the same everywhere, and stands for one text', () => {
  const name = seal.pseudonym('dana@acme.example');
  assert.match(name, /^[\w-]{16}$/);
  assert.equal(new Seal(new KeyRing([present, old])).pseudonym('dana@acme.example'), name);
  assert.notEqual(seal.pseudonym('leo@acme.example'), name);
  assert.notEqual(elsewhere.pseudonym('dana@acme.example'), name);
});

test('AU-03 what an earlier release has given away or stored is known in every later one', () => {
  const token = seal.refreshToken(SESSION, SECRET);
  const [successor] = seal.successorsOf(token, SESSION);
  const hashes = [
    seal.backupCodeHashes(dana, 'k3v9q0xw7m'),
    seal.removedPersonHashes(acme, 'email dana@acme.example'),
  ].map(([newest]) => newest.toString('hex'));
  // Worked out from the master key by another program, as RFC 5869 says.
  assert.deepEqual(
    [token, successor, seal.apiKey(KEY, SECRET), ...hashes, seal.pseudonym('dana@acme.example')],
    [
      `${SESSION}.BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc.Nt6bajcnTn1WjBryVezd4w`,
      `${SESSION}.UV7uInfGut0pe4ATbUNp-LCAf9isjZQJSBGxQACoqnE.fJmkaAV7fze6Uy9Ik88noA`,
      `${KEY}.BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc.FeHJw4QVgK7G0fREa1dRBQ`,
      'e613e8d401968642a8a46425a46692cc9cb8515cdb512b5bae17ec16cdff72b2',
      'd45fffc1701b3f91a56c7caa0c3c868424b1eff9a645acb2390738630a17ab8a',
      'iMh-WDgD1hhQ-u1T',
    ],
  );
  const sealed = Buffer.from('AQdwcmVzZW50CQkJCQkJCQkJCQkJGQhn2NZyA9KRGzefksCf+mtVxG5Tf2Yt', 'base64');
  assert.equal(seal.open(sealed, 'totp acme dana').toString(), 'a secret');
});

test('AU-03 a sealed value opens for what it was sealed about, and for nothing else', () => {
  const sealed = before.seal(Buffer.from('a secret'), 'totp acme dana');
  assert.equal(seal.open(sealed, 'totp acme dana').toString(), 'a secret');
  assert.throws(() => seal.open(sealed, 'totp acme leo'), { code: 'secret_unreadable' });
});
