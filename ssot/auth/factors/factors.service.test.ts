import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { z } from 'zod';
import { openTestAuth, PASSWORD } from '../../../support/module-tests/auth/auth';
import { slowStoring } from '../../../support/module-tests/auth/slow-storing';
import { asFarAsItComes } from '../../../support/module-tests/auth/waiting';
import { said } from '../../../support/module-tests/said';
import { stores } from '../../../support/module-tests/stores';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { addressOf } from '../../../world/settings';
import { servicePrincipal, sql, type SessionId, type TenantId, type UserId } from '../../kernel';
import { assertMay } from '../assert-may';
import type { Acting, Auth, Operator, PersonPrincipal, SignedIn } from '../contract';
import { SecondFactorDue } from '../errors';
import type { Role } from '../roles';
import { codeAt, stepAt } from './totp';

const MINUTE_MS = 60_000;
const clock = new ControlledClock();
let networks = 0;

interface Somebody extends Acting {
  readonly userId: UserId;
  readonly tenantId: TenantId;
  readonly email: string;
}
interface WithFactor extends Somebody {
  readonly backupCodes: readonly string[];
  /** The app's code now, or so many steps from now. */
  code(steps?: number): string;
}

describe('second factors', () => {
  let auth: Auth;
  let elsewhere: Auth;
  let operator: Operator;

  before(async () => {
    auth = await openTestAuth({ clock });
    elsewhere = await openTestAuth({ clock });
    operator = await auth.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), '198.51.100.95');
  });

  async function somebody(role: Role = 'member', company?: TenantId): Promise<Somebody> {
    const tenantId = company ?? (await auth.provisioning.createTenant(operator, { name: 'Acme', plan: 'enterprise' }));
    const email = `${stores.ids.next('req')}@acme.example`;
    const address = `198.18.0.${++networks % 250}`;
    const person = { name: 'Dana', email, password: PASSWORD, role };
    const userId = await auth.provisioning.addPerson(operator, tenantId, person);
    const { tokens } = await auth.signIn.withPassword({ email, password: PASSWORD, device: 'laptop', address });
    const principal = await auth.tokens.check(tokens.access, 'person', address);
    return { principal, address, userId, tenantId, email };
  }

  async function withFactor(role: Role = 'member', company?: TenantId): Promise<WithFactor> {
    const one = await somebody(role, company);
    const code = appOf((await auth.factors.enrolTotp(one)).uri);
    const { backupCodes } = await auth.factors.confirmTotp(one, code());
    // So that the code of the confirmation is not in the way.
    clock.advance(MINUTE_MS);
    return { ...one, backupCodes, code };
  }

  function appOf(uri: string): (steps?: number) => string {
    const secret = base32(new URL(uri).searchParams.get('secret') as string);
    return (steps = 0) => codeAt(secret, stepAt(clock.now()) + steps);
  }

  const isAlive = async (id: SessionId): Promise<boolean> => !(await auth.sessions.endedAmong([id])).has(id);
  const begin = async ({ email, address }: Somebody): Promise<string> =>
    auth.signIn.withPassword({ email, password: PASSWORD, device: 'laptop', address }).then(
      () => assert.fail('let in by the password alone'),
      (due: unknown) => {
        assert(due instanceof SecondFactorDue, String(due));
        return due.pending;
      },
    );
  const go = ({ address }: Somebody, pending: string, code: string, by = auth): Promise<SignedIn> =>
    by.signIn.withSecondFactor({ pending, code, device: 'laptop', address });

  test('AU-09 with a factor set a password alone opens nothing, and the code opens all', async () => {
    const dana = await withFactor();
    const pending = await begin(dana);
    assert.equal(await said(auth.tokens.check(pending, 'any', dana.address)), 'token_invalid');
    assert.equal(await said(auth.sessions.renew(pending, 'laptop', dana.address)), 'refresh_invalid');
    const { tokens } = await go(dana, pending, dana.code());
    const principal = await auth.tokens.check(tokens.access, 'person', dana.address);
    assert.deepEqual(principal.methods, ['pwd', 'otp']);
    const renewed = await auth.sessions.renew(tokens.refresh, 'laptop', dana.address);
    assert.deepEqual((await auth.tokens.check(renewed.access, 'person', dana.address)).methods, ['pwd', 'otp']);
    assert.equal(await said(go(dana, pending, dana.code(1))), 'one_time_secret_invalid');
  });

  test('AU-09 a set-up that was never confirmed asks for nothing', async () => {
    const dana = await somebody();
    await auth.factors.enrolTotp(dana);
    const proof = { email: dana.email, password: PASSWORD, device: 'laptop', address: dana.address };
    assert.equal((await auth.signIn.withPassword(proof)).is, 'signed_in');
    assert.equal(await said(auth.factors.confirmTotp(dana, '000000')), 'code_invalid');
    assert.equal((await auth.signIn.withPassword(proof)).is, 'signed_in');
  });

  test('AU-09 a factor is not silently replaced by whoever holds a device', async () => {
    const dana = await withFactor();
    assert.equal(await said(auth.factors.enrolTotp(dana)), 'factor_exists');
    await auth.factors.remove(dana, dana.userId);
    assert.equal(await said(auth.factors.enrolTotp(dana)), 'fine');
  });

  test('AU-09 five wrong codes end the attempt', async () => {
    const dana = await withFactor();
    const pending = await begin(dana);
    for (let i = 0; i < 5; i++) assert.equal(await said(go(dana, pending, '000000')), 'code_invalid');
    assert.equal(await said(go(dana, pending, dana.code())), 'one_time_secret_invalid');
  });

  test('AU-09 starting again does not refill the allowance: ten wrong codes pause the factor for 15 minutes', async () => {
    const dana = await withFactor();
    for (let round = 0; round < 2; round++) {
      const pending = await begin(dana);
      for (let i = 0; i < 5; i++) assert.equal(await said(go(dana, pending, '000000')), 'code_invalid');
    }
    const late = await begin(dana);
    await assert.rejects(go(dana, late, dana.code()), { code: 'rate_limited', retryAfterMs: 15 * MINUTE_MS });
    clock.advance(15 * MINUTE_MS - 1);
    const pending = await begin(dana);
    assert.equal(await said(go(dana, pending, dana.code())), 'rate_limited');
    clock.advance(1);
    assert.equal(await said(go(dana, pending, dana.code())), 'fine');
  });

  test('AU-09 wrong codes are counted before they are judged: of 40 at once ten are looked at', async () => {
    const dana = await withFactor();
    const pendings = await Promise.all(Array.from({ length: 5 }, () => begin(dana)));
    const tries = Array.from({ length: 40 }, (_, i) =>
      said(go(dana, pendings[i % 5] as string, '000000', i % 2 === 0 ? auth : elsewhere)),
    );
    const outcomes = await Promise.all(tries);
    assert.equal(outcomes.filter((code) => code === 'code_invalid').length, 10);
    assert.deepEqual([...new Set(outcomes)].sort(), ['code_invalid', 'rate_limited']);
  });

  test("AU-09 an app's code works once, also at two instances at once", async () => {
    const dana = await withFactor();
    const [one, other] = [await begin(dana), await begin(dana)];
    const code = dana.code();
    const outcomes = await Promise.all([said(go(dana, one, code)), said(go(dana, other, code, elsewhere))]);
    assert.deepEqual([...outcomes].sort(), ['code_invalid', 'fine']);
    assert.equal(await said(go(dana, await begin(dana), code)), 'code_invalid');
  });

  test('AU-09 a backup code works once, however it is typed, and none of a replaced set', async () => {
    const dana = await withFactor();
    assert.equal(new Set(dana.backupCodes).size, 10);
    const [first = '', second = '', third = ''] = dana.backupCodes;
    const { tokens } = await go(dana, await begin(dana), ` ${first.toUpperCase().replace('-', ' ')} `);
    assert.deepEqual((await auth.tokens.check(tokens.access, 'person', dana.address)).methods, ['pwd', 'backup']);
    assert.equal(await said(go(dana, await begin(dana), first)), 'code_invalid');
    const [one, other] = [await begin(dana), await begin(dana)];
    const outcomes = await Promise.all([said(go(dana, one, second)), said(go(dana, other, second, elsewhere))]);
    assert.deepEqual([...outcomes].sort(), ['code_invalid', 'fine']);
    const { backupCodes } = await auth.factors.replaceBackupCodes(dana);
    assert.equal(await said(go(dana, await begin(dana), third)), 'code_invalid');
    assert.equal(await said(go(dana, await begin(dana), backupCodes[9] as string)), 'fine');
  });

  test('AU-09 a begun sign-in ends after five minutes, and with the password it began with', async () => {
    const dana = await withFactor();
    const slow = await begin(dana);
    clock.advance(5 * MINUTE_MS);
    assert.equal(await said(go(dana, slow, dana.code())), 'one_time_secret_invalid');
    const begun = await begin(dana);
    const olga = await somebody('owner', dana.tenantId);
    await auth.accounts.setPassword(olga, dana.userId, 'another password that is long');
    assert.equal(await said(go(dana, begun, dana.code())), 'one_time_secret_invalid');
  });

  test('AU-09 of begun sign-ins no more than five are kept', async () => {
    const dana = await withFactor();
    for (let i = 0; i < 8; i++) {
      await begin(dana);
      clock.advance(1);
    }
    assert.equal((await rowsOf('pending_login', dana)).length, 5);
  });

  test('AU-09 a sensitive action asks for a proof younger than ten minutes, which a code renews on every instance', async () => {
    const dana = await withFactor('administrator');
    const ravi = await somebody('member', dana.tenantId);
    const act = (by = auth): Promise<string> => said(by.accounts.setRole(dana, ravi.userId, 'member'));
    clock.advance(9 * MINUTE_MS - 1);
    assert.equal(await act(), 'fine');
    clock.advance(1);
    for (const sensitive of [
      act(),
      said(auth.accounts.remove(dana, ravi.userId)),
      said(auth.accounts.setPassword(dana, ravi.userId, 'another password that is long')),
      said(auth.accounts.add(dana, { name: 'Cleo', email: 'c@acme.example', password: PASSWORD, role: 'member' })),
      said(auth.apiKeys.create(dana, { name: 'Key', scopes: ['usage:read'] })),
      said(auth.factors.remove(dana, dana.userId)),
      said(auth.factors.replaceBackupCodes(dana)),
      said(auth.factors.enrolTotp(dana)),
    ]) {
      assert.equal(await sensitive, 'step_up_required');
    }
    assert.equal(await said(auth.factors.stepUp(dana, { password: PASSWORD })), 'code_invalid');
    assert.equal(await said(auth.factors.stepUp(dana, { code: '000000' })), 'code_invalid');
    const until = await auth.factors.stepUp(dana, { code: dana.code() });
    assert.equal(until.getTime(), clock.now() + 10 * MINUTE_MS);
    assert.equal(await act(elsewhere), 'fine');
    assert.equal(await act(), 'fine');
  });

  test('AU-09 without a factor the password is the fresh proof', async () => {
    const ada = await somebody('administrator');
    clock.advance(10 * MINUTE_MS);
    assert.equal(await said(auth.factors.stepUp(ada, { password: 'a wrong password' })), 'invalid_credentials');
    assert.equal(await said(auth.factors.stepUp(ada, {})), 'invalid_credentials');
    assert.equal(await said(auth.apiKeys.create(ada, { name: 'Key', scopes: ['usage:read'] })), 'step_up_required');
    await auth.factors.stepUp(ada, { password: PASSWORD });
    assert.equal(await said(auth.apiKeys.create(ada, { name: 'Key', scopes: ['usage:read'] })), 'fine');
  });

  for (const where of ['before it begins', 'before it commits'] as const) {
    test(`AU-09 who signs in with the password alone while a factor is confirmed is not in: held up ${where} to be stored`, async () => {
      const dana = await somebody();
      const code = appOf((await auth.factors.enrolTotp(dana)).uri);
      const slow = await slowStoring();
      const { withPassword } = (await openTestAuth({ clock, db: slow.db })).signIn;
      const held = slow.hold(where);
      const signIn = said(
        withPassword({ email: dana.email, password: PASSWORD, device: 'thief', address: dana.address }),
      );
      await held.reached;
      const confirmed = auth.factors.confirmTotp(dana, code());
      await asFarAsItComes(confirmed);
      held.go();
      const { ended } = await confirmed;
      const came = where === 'before it begins' ? 'invalid_credentials' : 'fine';
      assert.deepEqual([await signIn, ended.length], [came, came === 'fine' ? 1 : 0]);
      assert.deepEqual(
        (await auth.sessions.list(dana)).map(({ sessionId }) => sessionId),
        [dana.principal.sessionId],
      );
    });
  }

  test('AU-09 who may give a password may remove a lost factor, and nobody else', async () => {
    const dana = await withFactor();
    const ada = await somebody('administrator', dana.tenantId);
    const ravi = await somebody('member', dana.tenantId);
    const leo = await somebody('owner');
    const olga = await withFactor('owner', dana.tenantId);
    const fresh = { ...ada, ...(await somebody('administrator', dana.tenantId)) };
    assert.equal(await said(auth.factors.remove(ravi, dana.userId)), 'not_allowed');
    assert.equal(await said(auth.factors.remove(leo, dana.userId)), 'not_found');
    assert.equal(await said(auth.factors.remove(fresh, olga.userId)), 'not_allowed');
    assert.equal(await said(auth.factors.remove(fresh, dana.userId)), 'fine');
    const proof = { email: dana.email, password: PASSWORD, device: 'laptop', address: dana.address };
    assert.equal((await auth.signIn.withPassword(proof)).is, 'signed_in');
    for (const table of ['totp_factor', 'backup_code'] as const) assert.deepEqual(await rowsOf(table, dana), []);
  });

  type Change = (dana: WithFactor) => Promise<readonly SessionId[]>;
  const changes: Readonly<Record<string, Change>> = {
    'new backup codes': async (dana) => (await auth.factors.replaceBackupCodes(dana)).ended,
    removed: (dana) => auth.factors.remove(dana, dana.userId),
    'set up again': async (dana) => {
      await auth.factors.remove(dana, dana.userId);
      const code = appOf((await auth.factors.enrolTotp(dana)).uri);
      const { tokens } = await auth.signIn.withPassword({ ...dana, password: PASSWORD, device: 'phone' });
      const { ended } = await auth.factors.confirmTotp(dana, code());
      assert.deepEqual(ended, [tokens.sessionId]);
      return ended;
    },
  };
  for (const [what, change] of Object.entries(changes)) {
    test(`AU-09 once a second factor has changed, every other sign-in of its person is over, a begun one too: ${what}`, async () => {
      const dana = await withFactor();
      const other = await go(dana, await begin(dana), dana.code());
      const begun = await begin(dana);
      const ravi = await somebody('member', dana.tenantId);
      const ended = await change(dana);
      assert.equal(ended.length, 1);
      assert.equal(await said(auth.tokens.check(other.tokens.access, 'person', dana.address)), 'session_ended');
      assert.equal(await said(auth.sessions.renew(other.tokens.refresh, 'laptop', dana.address)), 'session_ended');
      assert.equal(await said(go(dana, begun, dana.code(1))), 'one_time_secret_invalid');
      for (const { principal } of [dana, ravi]) assert.equal(await isAlive(principal.sessionId), true);
    });
  }

  test('AU-09 whose lost factor was removed by an administrator is signed out everywhere', async () => {
    const dana = await withFactor();
    const ada = await somebody('administrator', dana.tenantId);
    assert.deepEqual(await auth.factors.remove(ada, dana.userId), [dana.principal.sessionId]);
    assert.deepEqual([await isAlive(dana.principal.sessionId), await isAlive(ada.principal.sessionId)], [false, true]);
  });

  test('AU-09 a change that was refused ends nothing', async () => {
    const dana = await withFactor();
    const other = await go(dana, await begin(dana), dana.code());
    assert.equal(await said(auth.factors.confirmTotp(dana, '000000')), 'not_found');
    assert.equal(await isAlive(other.tokens.sessionId), true);
  });

  test('AU-09 where a company asks for it, a password alone opens one’s own account only, until a factor is set up', async () => {
    const asking = new Set<TenantId>();
    const strict = await openTestAuth({
      clock,
      isSecondFactorRequired: ({ tenantId }) => Promise.resolve(asking.has(tenantId)),
    });
    const ada = await somebody('administrator');
    const check = async (): Promise<PersonPrincipal> => {
      const proof = { ...ada, password: PASSWORD, device: 'laptop' };
      const { tokens } = await strict.signIn.withPassword(proof);
      return strict.tokens.check(tokens.access, 'person', ada.address);
    };
    assert.equal((await check()).secondFactor, 'none');
    asking.add(ada.tenantId);
    const principal = await check();
    assert.deepEqual([principal.secondFactor, principal.context.permissions], ['due', ['account:use']]);
    assert.throws(() => assertMay(principal, 'people:manage'), { code: 'second_factor_missing' });
    assertMay(principal, 'account:use');
    const by = { principal, address: ada.address };
    assert.equal(await said(strict.accounts.list(by, { limit: 1 })), 'not_allowed');
    const code = appOf((await strict.factors.enrolTotp(by)).uri);
    await strict.factors.confirmTotp(by, code());
    clock.advance(MINUTE_MS);
    const { tokens } = await go(ada, await begin(ada), code(), strict);
    const proven = await strict.tokens.check(tokens.access, 'person', ada.address);
    assert.equal(proven.secondFactor, 'set_up');
    assertMay(proven, 'people:manage');
  });

  test('AU-09 a sign-in is told to open connections as one without a factor for as long as its company asks for one', async () => {
    const asking = new Set<TenantId>();
    const strict = await openTestAuth({ clock, isSecondFactorRequired: async ({ tenantId }) => asking.has(tenantId) });
    const [ada, leo] = [await somebody('administrator'), await somebody('administrator')];
    const dana = await withFactor('member', ada.tenantId);
    const { tokens } = await go(dana, await begin(dana), dana.code());
    const ids = [ada.principal.sessionId, leo.principal.sessionId, tokens.sessionId];
    const endings = async (): Promise<unknown[]> => [...(await strict.sessions.endedAmong(ids))];
    assert.deepEqual(await endings(), []);
    asking.add(ada.tenantId);
    assert.deepEqual(await endings(), [[ada.principal.sessionId, 'second_factor_missing']]);
    await auth.factors.remove(
      { ...dana, principal: await auth.tokens.check(tokens.access, 'person', dana.address) },
      dana.userId,
    );
    assert.deepEqual((await endings()).length, 2, 'the factor was taken away');
    asking.clear();
    assert.deepEqual(await endings(), []);
  });

  test('AU-09 a company whose settings cannot be read hides from nobody that a sign-in has ended', async () => {
    const away = (): Promise<boolean> => Promise.reject(new Error('The settings cannot be read.'));
    const strict = await openTestAuth({ clock, isSecondFactorRequired: away });
    const [ada, leo] = [await somebody(), await somebody()];
    await auth.sessions.end(leo, leo.principal.sessionId);
    const ended = await strict.sessions.endedAmong([ada.principal.sessionId, leo.principal.sessionId]);
    assert.deepEqual([...ended], [[leo.principal.sessionId, 'session_ended']]);
  });

  test('AU-09 whoever has set up the factor that is asked for goes on with the sign-in they have', async () => {
    const strict = await openTestAuth({ clock, isSecondFactorRequired: () => Promise.resolve(true) });
    const ada = await somebody('administrator');
    const { tokens } = await strict.signIn.withPassword({ ...ada, password: PASSWORD, device: 'laptop' });
    const principalNow = (): Promise<PersonPrincipal> => strict.tokens.check(tokens.access, 'person', ada.address);
    const by = { principal: await principalNow(), address: ada.address };
    const code = appOf((await strict.factors.enrolTotp(by)).uri);
    assert.throws(() => assertMay(by.principal, 'chat:use'), { code: 'second_factor_missing' });
    await strict.factors.confirmTotp(by, code());
    assertMay(await principalNow(), 'people:manage');
    await strict.factors.remove(by, ada.userId);
    assert.equal((await principalNow()).secondFactor, 'due');
  });

  test('AU-09 a copy of the database holds nothing that could be typed or shown', async () => {
    const dana = await withFactor();
    const pending = await begin(dana);
    const stored = [
      ...(await rowsOf('totp_factor', dana)),
      ...(await rowsOf('backup_code', dana)),
      ...(await rowsOf('pending_login', dana)),
    ].join('\n');
    for (const secret of [pending, ...dana.backupCodes, ...dana.backupCodes.map((code) => code.replace('-', ''))]) {
      assert(!stored.includes(secret) && !stored.includes(Buffer.from(secret).toString('hex')));
    }
  });

  test('AU-13 setting up, replacing, removing and a wrong code stand in the trail, without a code', async () => {
    const dana = await withFactor('administrator');
    await said(go(dana, await begin(dana), '000000'));
    await auth.factors.replaceBackupCodes(dana);
    await auth.factors.stepUp(dana, { code: dana.code() });
    await auth.factors.remove(dana, dana.userId);
    const entries = (await auth.audit.read(dana.principal.context, { limit: 5 })).toReversed();
    assert.deepEqual(
      entries.map(({ action, by, subject, details }) => [action, by.id, subject, details]),
      [
        ['factor_confirmed', dana.userId, dana.userId, {}],
        ['sign_in_refused', null, dana.userId, { reason: 'code' }],
        ['backup_codes_replaced', dana.userId, dana.userId, {}],
        ['stepped_up', dana.userId, dana.principal.sessionId, { method: 'code' }],
        ['factor_removed', dana.userId, dana.userId, {}],
      ],
    );
    for (const code of dana.backupCodes) assert(!JSON.stringify(entries).includes(code));
  });
});

async function rowsOf(
  table: 'totp_factor' | 'backup_code' | 'pending_login',
  { userId }: Somebody,
): Promise<readonly string[]> {
  const from = { totp_factor: sql`totp_factor`, backup_code: sql`backup_code`, pending_login: sql`pending_login` };
  const db = await stores.database();
  const rows = await db.asService(
    servicePrincipal('test'),
    (tx) =>
      tx.query(
        sql`select t::text as row from ${from[table]} t where user_id = ${userId}`,
        z.object({ row: z.string() }),
      ),
    { readOnly: true },
  );
  return rows.map(({ row }) => row);
}

/** RFC 4648, written for the test. */
function base32(text: string): Buffer {
  const bits = [...text]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
}
