import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { z } from 'zod';
import { openTestAuth, PASSWORD } from '../../../support/module-tests/auth/auth';
import { said } from '../../../support/module-tests/said';
import { stores } from '../../../support/module-tests/stores';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { eventually } from '../../../world/eventually';
import { addressOf, masterKeys } from '../../../world/settings';
import { plans } from '../../configuration-manager';
import { servicePrincipal, sql, systemRandom, type Id, type TenantId, type Transactions } from '../../kernel';
import type { Acting, Auth, Operator } from '../contract';
import type { Role } from '../roles';
import { Seal } from '../sealing';
import type { NewApiKey } from './api-keys';

const DAY_MS = 86_400_000;
const clock = new ControlledClock();
const READING: NewApiKey = { name: 'Nightly report', scopes: ['usage:read'] };
let networks = 0;

interface Somebody {
  readonly tenantId: TenantId;
  /** The same person, signed in anew. */
  again(): Promise<Acting>;
}

describe('API keys', () => {
  let auth: Auth;
  let elsewhere: Auth;
  let operator: Operator;
  let asked = 0;

  before(async () => {
    const database = await stores.database();
    const db: Transactions = {
      transaction: (...turn) => database.transaction(...turn),
      asService: (...turn) => {
        asked += 1;
        return database.asService(...turn);
      },
    };
    const small = { ...plans, free: { ...plans.free, apiKeysPerTenant: 2 } };
    auth = await openTestAuth({ clock, db, plans: small });
    elsewhere = await openTestAuth({ clock, plans: small });
    operator = await auth.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), '198.51.100.90');
  });

  async function somebody(role: Role, tenantId?: TenantId): Promise<Acting & Somebody> {
    const company = tenantId ?? (await auth.provisioning.createTenant(operator, { name: 'Acme', plan: 'free' }));
    const email = `${stores.ids.next('req')}@acme.example`;
    const address = `192.0.2.${++networks % 250}`;
    await auth.provisioning.addPerson(operator, company, { name: 'Somebody', email, password: PASSWORD, role });
    const again = async (): Promise<Acting> => {
      const { tokens } = await auth.signIn.withPassword({ email, password: PASSWORD, device: 'laptop', address });
      return { principal: await auth.tokens.check(tokens.access, 'person', address), address };
    };
    return { ...(await again()), tenantId: company, again };
  }

  const check = (key: string, by = auth, address = `192.0.2.${++networks % 250}`) =>
    by.tokens.check(key, 'any', address);
  const rightsOf = async (key: string, by = auth): Promise<readonly string[]> =>
    (await check(key, by)).context.permissions;

  test('AU-12 a key is told once, stored as a hash, and does only what it was given', async () => {
    const ada = await somebody('administrator');
    const { record, secretShownOnce } = await auth.apiKeys.create(ada, READING);
    assert.deepEqual(await rightsOf(secretShownOnce), ['usage:read']);
    const listed = await auth.apiKeys.list(ada);
    const { userId } = ada.principal.context;
    const [createdAt, expiresAt] = [new Date(clock.now()), new Date(clock.now() + 90 * DAY_MS)];
    assert.deepEqual(record, { keyId: record.keyId, userId, ...READING, createdAt, expiresAt, lastUsedAt: null });
    assert.deepEqual(
      listed.map((key) => ({ ...key, lastUsedAt: null })),
      [record],
    );
    const { context, ...principal } = await check(secretShownOnce);
    assert.deepEqual(principal, { kind: 'api_key', keyId: record.keyId, plan: 'free', expiresAt });
    assert.deepEqual({ ...context }, { tenantId: ada.tenantId, userId, plan: 'free', permissions: ['usage:read'] });
    const secret = secretShownOnce.split('.')[1] as string;
    assert(!JSON.stringify(listed).includes(secret));
    const stored = await rows(record.keyId);
    assert.equal(stored.length, 1);
    assert(!JSON.stringify(stored).includes(secret));
  });

  test('AU-12 a key never may more than its person: demoted, moved, gone', async () => {
    const olga = await somebody('owner');
    const ada = await somebody('administrator', olga.tenantId);
    const wanted: NewApiKey = { name: 'Publisher', scopes: ['usage:read', 'reports:publish'] };
    const { secretShownOnce } = await auth.apiKeys.create(ada, wanted);
    assert.deepEqual(await rightsOf(secretShownOnce, elsewhere), ['usage:read', 'reports:publish']);
    await auth.accounts.setRole(olga, ada.principal.context.userId, 'member');
    clock.advance(1_000);
    assert.deepEqual(await rightsOf(secretShownOnce, elsewhere), ['usage:read']);
    await auth.accounts.remove(olga, ada.principal.context.userId);
    clock.advance(1_000);
    assert.equal(await said(check(secretShownOnce, elsewhere)), 'token_invalid');
  });

  test('AU-12 a revoked key is refused at once here, and on every instance within a second', async () => {
    const ada = await somebody('administrator');
    const { record, secretShownOnce } = await auth.apiKeys.create(ada, READING);
    await check(secretShownOnce, elsewhere);
    assert.equal(await auth.apiKeys.revoke(ada, record.keyId), ada.principal.context.userId);
    assert.equal(await said(check(secretShownOnce)), 'token_invalid');
    clock.advance(1_000);
    assert.equal(await said(check(secretShownOnce, elsewhere)), 'token_invalid');
    assert.equal(await said(auth.apiKeys.revoke(ada, record.keyId)), 'not_found');
    assert.equal((await rows(record.keyId)).length, 0);
  });

  test('AU-12 of keys that hold connections those are named that have ended, beside sign-ins', async () => {
    const ada = await somebody('administrator');
    const [one, other] = [
      await auth.apiKeys.create(ada, READING),
      await auth.apiKeys.create(ada, { ...READING, days: 1 }),
    ];
    const ids = [one.record.keyId, other.record.keyId, ada.principal.sessionId];
    assert.deepEqual([...(await auth.sessions.endedAmong(ids))], []);
    clock.advance(DAY_MS);
    await auth.apiKeys.revoke(ada, one.record.keyId);
    const ended = await auth.sessions.endedAmong(ids);
    assert.deepEqual(ended, new Map(ids.slice(0, 2).map((id) => [id, 'session_ended'])));
    await auth.provisioning.suspendTenant(operator, ada.tenantId);
    assert.equal((await auth.sessions.endedAmong(ids)).get(ada.principal.sessionId), 'access_revoked');
  });

  for (const [days, lasts] of [
    [undefined, 90],
    [1, 1],
    [365, 365],
  ] as const) {
    test(`AU-12 a key lasts as long as was said and no longer: ${days ?? 'nothing said'}`, async () => {
      const ada = await somebody('administrator');
      const { secretShownOnce } = await auth.apiKeys.create(ada, { ...READING, days });
      clock.advance(lasts * DAY_MS - 1);
      assert.equal(await said(check(secretShownOnce)), 'fine');
      clock.advance(1);
      const message = 'This API key has expired. Ask an administrator of your company for a new one.';
      await assert.rejects(check(secretShownOnce), { code: 'token_expired', message });
    });
  }

  for (const [what, wanted] of [
    ['366 days', { ...READING, days: 366 }],
    ['no day', { ...READING, days: 0 }],
    ['half a day', { ...READING, days: 0.5 }],
    ['nothing that it may', { ...READING, scopes: [] }],
    ['one thing twice', { ...READING, scopes: ['usage:read', 'usage:read'] }],
    ['what persons alone may', { ...READING, scopes: ['people:manage'] } as unknown as NewApiKey],
    ['a blank name', { ...READING, name: ' ' }],
  ] as const) {
    test(`AU-12 a key that cannot be is refused and not stored: ${what}`, async () => {
      const ada = await somebody('administrator');
      assert.equal(await said(auth.apiKeys.create(ada, wanted)), 'invalid_input');
      assert.deepEqual(await auth.apiKeys.list(ada), []);
    });
  }

  test('AU-12 at the limit of the plan one more is refused by the name of the limit, also of many at once', async () => {
    const ada = await somebody('administrator');
    await auth.apiKeys.create(ada, READING);
    const making = Array.from({ length: 12 }, (_, i) =>
      said((i % 2 === 0 ? auth : elsewhere).apiKeys.create(ada, READING)),
    );
    const outcomes = await Promise.all(making);
    assert.deepEqual([...outcomes].sort(), [...Array<string>(11).fill('api_key_limit'), 'fine']);
    const limit = { name: 'apiKeysPerTenant', max: 2 };
    const message = 'Your company has 2 API keys. Revoke one that is not needed any more.';
    await assert.rejects(auth.apiKeys.create(ada, READING), { code: 'api_key_limit', message, limit });
  });

  test('AU-12 a key that has run out takes no place, and is listed for 30 days more', async () => {
    const ada = await somebody('administrator');
    for (let i = 0; i < 2; i++) await auth.apiKeys.create(ada, { ...READING, days: 1 });
    clock.advance(2 * DAY_MS);
    await auth.apiKeys.create(await ada.again(), READING);
    const listed = await auth.apiKeys.list(ada);
    assert.deepEqual(
      listed.map(({ expiresAt }) => (expiresAt.getTime() - clock.now()) / DAY_MS),
      [90, -1, -1],
    );
    clock.advance(29 * DAY_MS);
    const [later] = [(await auth.apiKeys.create(await ada.again(), READING)).record];
    assert.equal((await auth.apiKeys.list(ada)).length, 4);
    await auth.apiKeys.revoke(await ada.again(), later.keyId);
    clock.advance(1);
    await auth.apiKeys.create(await ada.again(), READING);
    assert.equal((await auth.apiKeys.list(ada)).length, 2);
  });

  test('AU-12 members make and see no keys, nor does anybody those of another company', async () => {
    const ada = await somebody('administrator');
    const leo = await somebody('administrator');
    const dana = await somebody('member', ada.tenantId);
    const { record } = await auth.apiKeys.create(ada, READING);
    assert.equal(await said(auth.apiKeys.create(dana, READING)), 'not_allowed');
    assert.equal(await said(auth.apiKeys.list(dana)), 'not_allowed');
    assert.equal(await said(auth.apiKeys.revoke(dana, record.keyId)), 'not_allowed');
    assert.deepEqual(await auth.apiKeys.list(leo), []);
    assert.equal(await said(auth.apiKeys.revoke(leo, record.keyId)), 'not_found');
    assert.equal((await auth.apiKeys.list(ada)).length, 1);
  });

  test('AU-12 an administrator who was demoted a moment before makes and revokes none', async () => {
    const olga = await somebody('owner');
    const ada = await somebody('administrator', olga.tenantId);
    const { record } = await auth.apiKeys.create(olga, READING);
    await auth.accounts.setRole(olga, ada.principal.context.userId, 'member');
    const refusal = { code: 'not_allowed', message: 'Only administrators and owners manage API keys.' };
    await assert.rejects(auth.apiKeys.create(ada, READING), refusal);
    await assert.rejects(auth.apiKeys.revoke(ada, record.keyId), refusal);
  });

  test('AU-12 the last use is told to the minute, without a write for each call', async () => {
    const ada = await somebody('administrator');
    const { secretShownOnce } = await auth.apiKeys.create(ada, READING);
    const lastUse = async (): Promise<number | undefined> => (await auth.apiKeys.list(ada))[0]?.lastUsedAt?.getTime();
    assert.equal(await lastUse(), undefined);
    const first = clock.now();
    await check(secretShownOnce);
    await eventually(async () => assert.equal(await lastUse(), first));
    clock.advance(59_999);
    await check(secretShownOnce);
    clock.advance(1);
    const later = clock.now();
    await check(secretShownOnce);
    await eventually(async () => assert.equal(await lastUse(), later));
  });

  test('AU-12 a suspended company has no programs either', async () => {
    const ada = await somebody('administrator');
    const { secretShownOnce } = await auth.apiKeys.create(ada, READING);
    await auth.provisioning.suspendTenant(operator, ada.tenantId);
    assert.equal(await said(check(secretShownOnce)), 'access_revoked');
  });

  for (const [what, change] of [
    ['its first half', (key: string) => key.slice(0, key.length / 2)],
    ['in other case', (key: string) => key.toUpperCase()],
    ['with a blank behind', (key: string) => `${key} `],
    ['with another secret', (key: string, other: string) => key.replace(/\.[^.]+\./, `.${other.split('.')[1]}.`)],
    ['for another key', (key: string, other: string) => [other.split('.')[0], ...key.split('.').slice(1)].join('.')],
    ['without its proof', (key: string) => key.split('.').slice(0, 2).join('.')],
  ] as const) {
    test(`AU-12 what is nearly a key is none, and no database is asked: ${what}`, async () => {
      const ada = await somebody('administrator');
      const [one, other] = [await auth.apiKeys.create(ada, READING), await auth.apiKeys.create(ada, READING)];
      const before = asked;
      const shown = change(one.secretShownOnce, other.secretShownOnce);
      assert.equal(await said(check(shown)), 'token_invalid');
      assert.equal(asked, before);
    });
  }

  test('AU-12 whoever could sign proofs, with a master key, has no key for all that', async () => {
    const ada = await somebody('administrator');
    const { record } = await auth.apiKeys.create(ada, READING);
    const forged = new Seal(masterKeys()).apiKey(record.keyId, systemRandom.bytes(32));
    assert.equal(await said(check(forged)), 'token_invalid');
  });

  test('AU-01 an API key is no person, no renewal and no operator', async () => {
    const ada = await somebody('administrator');
    const { secretShownOnce } = await auth.apiKeys.create(ada, READING);
    assert.equal(await said(auth.tokens.check(secretShownOnce, 'person', ada.address)), 'token_invalid');
    assert.equal(await said(auth.sessions.renew(secretShownOnce, 'laptop', ada.address)), 'refresh_invalid');
    assert.equal(await said(auth.provisioning.recognise(secretShownOnce, ada.address)), 'operator_unknown');
  });

  test('AU-13 making and revoking a key stand in the trail, without the key', async () => {
    const ada = await somebody('administrator');
    const { record, secretShownOnce } = await auth.apiKeys.create(ada, READING);
    await auth.apiKeys.revoke(ada, record.keyId);
    const entries = await auth.audit.read(ada.principal.context, { limit: 2 });
    const by = { kind: 'person', id: ada.principal.context.userId };
    assert.deepEqual(
      entries.map(({ seq: _, at: __, ...entry }) => entry),
      [
        { action: 'api_key_revoked', details: {} },
        { action: 'api_key_created', details: { scopes: 'usage:read', days: '90' } },
      ].map((entry) => ({ ...entry, by, subject: record.keyId, address: ada.address })),
    );
    assert(!JSON.stringify(entries).includes(secretShownOnce.split('.')[1] as string));
  });
});

async function rows(keyId: Id<'key'>): Promise<readonly unknown[]> {
  const db = await stores.database();
  return db.asService(
    servicePrincipal('test'),
    (tx) => tx.query(sql`select k::text as row from api_key k where key_id = ${keyId}`, z.object({ row: z.string() })),
    { readOnly: true },
  );
}
