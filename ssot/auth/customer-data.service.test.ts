import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { openTestAuth, PASSWORD } from '../../support/module-tests/auth/auth';
import { said } from '../../support/module-tests/said';
import { exportedOf } from '../../support/module-tests/customer-data/told-of';
import { stores } from '../../support/module-tests/stores';
import { ControlledClock } from '../../world/operations/controlled-clock';
import { addressOf } from '../../world/settings';
import {
  servicePrincipal,
  sql,
  type ExportRecord,
  type Sql,
  type Subject,
  type TenantId,
  type UserId,
} from '../kernel';
import type { Acting, Auth, Operator, TokenPair } from './contract';
import type { Role } from './roles';

const HOME = '198.51.100.89';
const ISSUER = 'https://login.example';
/** More than an export reads at once. */
const MANY = 501;
/** As this module exports it: an object. */
type Exported = ExportRecord & { readonly record: Readonly<Record<string, unknown>> };
const clock = new ControlledClock();

interface Person {
  readonly userId: UserId;
  readonly email: string;
  readonly tokens: TokenPair;
  readonly acting: Acting;
}

describe('people as data of a person and of a company', () => {
  let auth: Auth;
  let operator: Operator;
  before(async () => {
    auth = await openTestAuth({ clock });
    operator = await auth.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), HOME);
  });

  const store = async (statement: Sql): Promise<void> => {
    const db = await stores.database();
    await db.asService(servicePrincipal('test'), (tx) => tx.execute(statement));
  };

  async function somebody(tenantId: TenantId, role: Role, name: string): Promise<Person> {
    const email = `${stores.ids.next('req')}@acme.example`;
    const person = { name, email, password: PASSWORD, role };
    const userId = await auth.provisioning.addPerson(operator, tenantId, person);
    const proof = { email, password: PASSWORD, device: 'laptop', deviceName: `${name}’s laptop`, address: HOME };
    const { tokens } = await auth.signIn.withPassword(proof);
    const principal = await auth.tokens.check(tokens.access, 'person', HOME);
    return { userId, email, tokens, acting: { principal, address: HOME } };
  }

  /** Two owners and a member, of whom every table that names people has something, and of the company each of its own. */
  async function company() {
    const tenantId = await auth.provisioning.createTenant(operator, { name: 'Acme', plan: 'enterprise' });
    const [olga, omar] = [await somebody(tenantId, 'owner', 'Olga'), await somebody(tenantId, 'owner', 'Omar')];
    const dana = await somebody(tenantId, 'member', 'Dana');
    const now = new Date(clock.now());
    for (const { userId, acting } of [olga, omar, dana]) {
      if (acting !== dana.acting) await auth.apiKeys.create(acting, { name: 'Nightly', scopes: ['usage:read'] });
      const secret = Buffer.from(stores.ids.next('req'));
      const owner = sql`${tenantId}, ${userId}`;
      await store(
        sql`insert into pending_login (tenant_id, user_id, hash, created_at, until) values (${owner}, ${secret}, ${now}, ${now})`,
      );
      await store(sql`insert into backup_code (tenant_id, user_id, hash) values (${owner}, ${secret})`);
      await store(
        sql`insert into totp_factor (tenant_id, user_id, sealed_secret, created_at) values (${owner}, ${secret}, ${now})`,
      );
      await store(
        sql`insert into identity (tenant_id, user_id, issuer, subject, created_at) values (${owner}, ${ISSUER}, ${userId}, ${now})`,
      );
      await store(
        sql`insert into provider_sign_in (tenant_id, user_id, state_hash, until) values (${owner}, ${secret}, ${now})`,
      );
      await store(
        sql`insert into kept_person (tenant_id, user_id, number, place, record) values (${owner}, 1, 'account', '{"name":"kept"}')`,
      );
    }
    await store(sql`insert into sso_connection (tenant_id, issuer, client_id, sealed_secret, new_people, connected_at)
      values (${tenantId}, ${ISSUER}, 'acme', 'sealed', 'members', ${now})`);
    await auth.sso.claimDomain(olga.acting, 'acme.example');
    return { tenantId, olga, omar, dana };
  }

  const counted = async (subject: Subject): Promise<Readonly<Record<string, number>>> => {
    const counts = await auth.customerData.count(subject);
    const all: Record<string, number> = {};
    for (const { place, rows } of counts) all[place] = (all[place] ?? 0) + rows;
    return all;
  };
  const exported = async (subject: Subject): Promise<readonly Exported[]> => {
    return (await exportedOf(auth.customerData, subject)) as readonly Exported[];
  };

  const OF_ONE = {
    ...{ account: 1, session: 1, pending_login: 1, backup_code: 1, totp_factor: 1, identity: 1, provider_sign_in: 1 },
    ...{ kept_person: 1, api_key: 0 },
  };

  test('SP-12 a person takes along what is kept of them, in full, and nothing of a colleague', async () => {
    const { tenantId, omar } = await company();
    const at = new Date(clock.now()).toISOString();
    const { userId, email, tokens } = omar;
    const [key] = await auth.apiKeys.list(omar.acting);
    assert.deepEqual(await exported({ tenantId, userId }), [
      { place: 'account', record: { userId, name: 'Omar', email, role: 'owner', createdAt: at } },
      { place: 'api_key', record: { keyId: key?.keyId, userId, name: 'Nightly', createdAt: at } },
      { place: 'identity', record: { userId, issuer: ISSUER, subject: userId, createdAt: at } },
      {
        place: 'session',
        record: {
          ...{ sessionId: tokens.sessionId, userId, deviceName: 'Omar’s laptop', methods: ['pwd'] },
          ...{ signedInAt: at, endedAt: null },
        },
      },
      { place: 'account', record: { name: 'kept' } },
    ]);
  });

  test('SP-12 a company takes along what its people would, each in the order of their coming', async () => {
    const [{ tenantId, olga, omar, dana }] = [await company(), await company()];
    await auth.sessions.end(dana.acting, dana.tokens.sessionId);
    const records = await exported({ tenantId });
    const of = (place: string): readonly unknown[] =>
      records.filter((one) => one.place === place && 'userId' in one.record).map(({ record }) => record['userId']);
    const all = [olga, omar, dana].map(({ userId }) => userId);
    assert.deepEqual([of('account'), of('api_key'), of('identity'), of('session')], [all, all.slice(0, 2), all, all]);
    assert.equal(records.length, 14);
    const ended = records.find(({ record }) => record['sessionId'] === dana.tokens.sessionId);
    assert.equal(ended?.record['endedAt'], new Date(clock.now()).toISOString());
  });

  test('SP-12 an export holds each sign-in once, however many there are', async () => {
    const { tenantId, dana } = await company();
    const { userId } = dana;
    const ids = Array.from({ length: MANY - 1 }, () => stores.ids.next('session'));
    const now = new Date(clock.now());
    await store(sql`insert into session (tenant_id, session_id, user_id, auth_time, idle_until, ends_at)
      select ${tenantId}, id, ${userId}, ${now}, ${now}, ${now} from unnest(${ids}::text[]) id`);
    const sessions = (await exported({ tenantId, userId })).filter(({ place }) => place === 'session');
    assert.deepEqual(
      sessions.map(({ record }) => record['sessionId']),
      [dana.tokens.sessionId, ...ids],
    );
  });

  test('SP-09 of a person who is erased nothing is left, however often it is asked, and their colleagues keep all', async () => {
    const { tenantId, omar, dana } = await company();
    const [mine, theirs] = [
      { tenantId, userId: omar.userId },
      { tenantId, userId: dana.userId },
    ];
    assert.deepEqual([await counted(mine), await counted(theirs)], [{ ...OF_ONE, api_key: 1 }, OF_ONE]);
    for (let time = 0; time < 2; time++) {
      await auth.customerData.erase(mine);
      const none = Object.fromEntries(Object.keys(OF_ONE).map((place) => [place, 0]));
      assert.deepEqual([await counted(mine), await counted(theirs)], [none, OF_ONE]);
      assert.deepEqual(await exported(mine), []);
    }
    // By their e-mail and as whom their provider knows them, so that it does not bring them back.
    assert.equal((await counted({ tenantId }))['removed_person'], 2);
    clock.advance(1_000);
    assert.equal(await said(auth.tokens.check(omar.tokens.access, 'person', HOME)), 'session_ended');
    assert.equal(await said(auth.tokens.check(dana.tokens.access, 'person', HOME)), 'fine');
  });

  test('AU-11 the last owner of a company is erased with it only', async () => {
    const { tenantId, olga, omar } = await company();
    await auth.customerData.erase({ tenantId, userId: omar.userId });
    const mine = { tenantId, userId: olga.userId };
    await assert.rejects(auth.customerData.erase(mine), {
      ...{ code: 'last_owner', field: 'userId' },
      message: 'A company always has an owner. Make somebody else an owner first.',
    });
    assert.deepEqual(await counted(mine), { ...OF_ONE, api_key: 1 });
  });

  test('SP-09 of a company that is erased nothing is left, however often it is asked, and its neighbour keeps all', async () => {
    const [acme, birch] = [await company(), await company()];
    await auth.customerData.erase({ ...acme, userId: acme.omar.userId });
    const whole = {
      ...{ account: 3, session: 3, pending_login: 3, backup_code: 3, totp_factor: 3, identity: 3, kept_person: 3 },
      ...{ api_key: 2, sso_connection: 1, domain_claim: 1, removed_person: 0, tenant: 1 },
      // Counted as one of its people's, and as the company's own.
      provider_sign_in: 6,
    };
    assert.deepEqual(await counted({ tenantId: birch.tenantId }), whole);
    for (let time = 0; time < 2; time++) {
      await auth.customerData.erase({ tenantId: acme.tenantId });
      const none = Object.fromEntries(Object.keys(whole).map((place) => [place, 0]));
      assert.deepEqual(await counted({ tenantId: acme.tenantId }), none);
      assert.deepEqual(await exported({ tenantId: acme.tenantId }), []);
      assert.deepEqual(await counted({ tenantId: birch.tenantId }), whole);
    }
  });
});
