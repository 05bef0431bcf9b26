import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { z } from 'zod';
import { PASSWORD } from '../../../support/module-tests/auth/auth';
import { said } from '../../../support/module-tests/said';
import { CALLBACK, HOME, SsoTest } from '../../../support/module-tests/auth/single-sign-on';
import { stores } from '../../../support/module-tests/stores';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import type { Claims } from '../../../world/identity-provider/provider-process';
import { addressOf } from '../../../world/settings';
import { servicePrincipal, sql, type TenantId, systemClock } from '../../kernel';
import type { Acting } from '../contract';
import { SecondFactorDue } from '../errors';
import { codeAt, stepAt } from '../factors/totp';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const clock = new ControlledClock(systemClock.now());

describe('single sign-on', () => {
  let sso: SsoTest;
  before(async () => {
    sso = await SsoTest.open(clock);
  });
  after(() => sso[Symbol.asyncDispose]());

  /** With an owner who has a second factor, and has come in with the provider, freshly proven. */
  async function enforced(people: Readonly<Record<string, Claims>> = {}) {
    const company = await sso.company(people);
    const code = await withFactor(company.owner);
    const byProvider = await sso.acting((await sso.withProvider(company.ownerEmail, { fresh: true })).tokens.access);
    await sso.auth.sso.enforce(byProvider, company.ownerId);
    return { ...company, code, byProvider };
  }

  async function withFactor(by: Acting): Promise<() => string> {
    const { uri } = await sso.auth.factors.enrolTotp(by);
    const secret = base32(new URL(uri).searchParams.get('secret') ?? '');
    const code = (): string => codeAt(secret, stepAt(clock.now()));
    await sso.auth.factors.confirmTotp(by, code());
    clock.advance(MINUTE_MS);
    return code;
  }

  const lastEntry = async (by: Acting) => (await sso.auth.audit.read(by.principal.context, { limit: 1 }))[0];

  test('AU-08 owners alone see and choose how their company signs in', async () => {
    const { tenantId, domain, wanted, owner } = await sso.company();
    const email = `ada@${domain}`;
    await sso.person(tenantId, email, 'administrator');
    const ada = await sso.acting((await sso.withPassword(email)).tokens.access);
    const attempts = [
      sso.auth.sso.settings(ada),
      sso.auth.sso.connect(ada, wanted),
      sso.auth.sso.disconnect(ada),
      sso.auth.sso.claimDomain(ada, 'other.example'),
      sso.auth.sso.proveDomain(ada, domain),
      sso.auth.sso.dropDomain(ada, domain),
      sso.auth.sso.enforce(ada, owner.principal.context.userId),
      sso.auth.sso.lift(ada),
    ];
    const outcomes = await Promise.all(attempts.map(said));
    assert.deepEqual(new Set(outcomes), new Set(['not_allowed']));
    const { domains, ...settings } = await sso.auth.sso.settings(owner);
    const { clientSecret: _, ...shown } = wanted;
    const now = new Date(clock.now());
    assert.deepEqual(settings, {
      redirectAddress: 'https://chat.example/v1/sign-in/provider/callback',
      connection: { ...shown, connectedAt: now, enforcedAt: null, emergencyOwner: null },
    });
    assert.deepEqual(
      domains.map(({ record, ...claim }) => ({ ...claim, name: record.name })),
      [{ domain, provenAt: now, name: `_agent-chat.${domain}` }],
    );
    assert(!JSON.stringify(await sso.auth.sso.settings(owner)).includes(wanted.clientSecret));
  });

  test('AU-13 what owners decide about signing in stands in the trail, whatever is asked for twice once', async () => {
    const { domain, wanted, owner, ownerId } = await sso.company();
    const other = `other-${domain}`;
    for (let time = 0; time < 2; time++) {
      await sso.auth.sso.claimDomain(owner, other);
      await sso.auth.sso.proveDomain(owner, domain);
    }
    await sso.auth.sso.dropDomain(owner, other);
    await sso.auth.sso.disconnect(owner);
    const entries = await sso.auth.audit.read(owner.principal.context, { limit: 6 });
    const { issuer, newPeople } = wanted;
    assert.deepEqual(
      entries.map(({ seq: _, at: __, ...entry }) => entry).toReversed(),
      [
        { action: 'sso_connected', subject: null, details: { issuer, newPeople } },
        { action: 'domain_claimed', subject: domain, details: {} },
        { action: 'domain_proven', subject: domain, details: {} },
        { action: 'domain_claimed', subject: other, details: {} },
        { action: 'domain_dropped', subject: other, details: {} },
        { action: 'sso_disconnected', subject: null, details: {} },
      ].map((entry) => ({ ...entry, by: { kind: 'person', id: ownerId }, address: HOME })),
    );
  });

  test('AU-08 an owner who was demoted a moment before decides nothing', async () => {
    const { tenantId, domain, wanted, owner, ownerId } = await sso.company();
    await sso.person(tenantId, `oto@${domain}`, 'owner');
    const oto = await sso.acting((await sso.withPassword(`oto@${domain}`)).tokens.access);
    await sso.auth.accounts.setRole(oto, ownerId, 'administrator');
    assert.equal(await said(sso.auth.sso.connect(owner, wanted)), 'not_allowed');
  });

  test('AU-08 all decisions need a fresh proof', async () => {
    const { wanted, owner, domain, ownerId } = await sso.company();
    clock.advance(10 * MINUTE_MS);
    const attempts = [
      sso.auth.sso.connect(owner, wanted),
      sso.auth.sso.disconnect(owner),
      sso.auth.sso.claimDomain(owner, domain),
      sso.auth.sso.proveDomain(owner, domain),
      sso.auth.sso.dropDomain(owner, domain),
      sso.auth.sso.enforce(owner, ownerId),
      sso.auth.sso.lift(owner),
    ];
    const outcomes = await Promise.all(attempts.map(said));
    assert.deepEqual(new Set(outcomes), new Set(['step_up_required']));
    assert.equal(await said(sso.auth.sso.settings(owner)), 'fine');
  });

  test('AU-08 a client’s secret is stored sealed for its company and issuer, and opens in no other row', async () => {
    const one = await sso.company();
    const other = await sso.company();
    assert(!(await storedConnection(one.tenantId)).includes(one.wanted.clientSecret));
    await swapSecrets(one.tenantId, other.tenantId);
    assert.equal(await said(sso.auth.signIn.start({ email: one.ownerEmail })), 'secret_unreadable');
  });

  for (const [what, issuer, code] of [
    ['plain http', 'http://login.example', 'issuer_refused'],
    ['loopback', 'https://127.0.0.1:9', 'issuer_refused'],
    ['link-local', 'https://169.254.169.254', 'issuer_refused'],
    ['a private name', 'https://inside.example', 'issuer_refused'],
    ['a name that nobody has', 'https://nowhere.example', 'provider_unavailable'],
  ] as const) {
    test(`AU-08 a provider is not connected there, and nothing is kept: ${what}`, async () => {
      sso.names.point('inside.example', '10.0.0.1');
      const company = await sso.company();
      await sso.auth.sso.disconnect(company.owner);
      assert.equal(await said(sso.auth.sso.connect(company.owner, { ...company.wanted, issuer })), code);
      assert.equal((await sso.auth.sso.settings(company.owner)).connection, null);
    });
  }

  test('AU-08 where single sign-on is the only way in a password is told so, and a wrong one is not', async () => {
    const { tenantId, domain, owner } = await enforced({ dana: {} });
    await sso.person(tenantId, `dana@${domain}`);
    const message = 'Your company signs in with its own provider. Sign in with it.';
    await assert.rejects(sso.withPassword(`dana@${domain}`), { code: 'sso_required', message });
    assert.deepEqual((await lastEntry(owner))?.details, { reason: 'sso_required' });
    const wrong = { email: `dana@${domain}`, password: `${PASSWORD}!`, device: 'laptop', address: HOME };
    assert.equal(await said(sso.auth.signIn.withPassword(wrong)), 'invalid_credentials');
    assert.equal(await said(sso.withProvider(`dana@${domain}`)), 'fine');
  });

  test('AU-08 a sign-in by password is not renewed once single sign-on is the only way in', async () => {
    const company = await sso.company({ dana: {} });
    await sso.person(company.tenantId, `dana@${company.domain}`);
    const { tokens } = await sso.withPassword(`dana@${company.domain}`);
    const byProvider = await sso.withProvider(`dana@${company.domain}`);
    await withFactor(company.owner);
    const owner = await sso.acting((await sso.withProvider(company.ownerEmail, { fresh: true })).tokens.access);
    await sso.auth.sso.enforce(owner, company.ownerId);
    assert.equal(await said(sso.auth.sessions.renew(tokens.refresh, 'laptop', HOME)), 'sso_required');
    assert.equal(await said(sso.auth.sessions.renew(byProvider.tokens.refresh, 'laptop', HOME)), 'fine');
    await sso.auth.sso.lift(owner);
    assert.equal(await said(sso.auth.sessions.renew(tokens.refresh, 'laptop', HOME)), 'fine');
  });

  test('AU-08 sign-ins live for twelve hours where single sign-on is the only way in, also those from before', async () => {
    const company = await sso.company({ dana: {}, leo: {} });
    const before = await sso.withProvider(`dana@${company.domain}`);
    await withFactor(company.owner);
    const owner = await sso.acting((await sso.withProvider(company.ownerEmail, { fresh: true })).tokens.access);
    await sso.auth.sso.enforce(owner, company.ownerId);
    const after = await sso.withProvider(`leo@${company.domain}`);
    clock.advance(12 * HOUR_MS - 2 * MINUTE_MS);
    const renewals: string[] = [];
    for (const { tokens } of [before, after]) {
      renewals.push((await sso.auth.sessions.renew(tokens.refresh, 'laptop', HOME)).refresh);
    }
    clock.advance(2 * MINUTE_MS);
    for (const refresh of renewals)
      assert.equal(await said(sso.auth.sessions.renew(refresh, 'laptop', HOME)), 'session_ended');
  });

  test('AU-08 the named owner gets in with password and code, on record, and only with both', async () => {
    const { ownerEmail, owner, code, tenantId, domain, ownerId } = await enforced();
    const due = await sso.withPassword(ownerEmail).then(
      () => assert.fail('let in by the password alone'),
      (refusal: unknown) => refusal as SecondFactorDue,
    );
    assert(due instanceof SecondFactorDue, String(due));
    const proof = { pending: due.pending, code: code(), device: 'laptop', address: HOME };
    const { tokens } = await sso.auth.signIn.withSecondFactor(proof);
    assert.deepEqual((await lastEntry(owner))?.details, { methods: 'pwd otp', emergency: 'yes' });
    assert.equal(await said(sso.auth.sessions.renew(tokens.refresh, 'laptop', HOME)), 'fine');
    await sso.person(tenantId, `oto@${domain}`, 'owner');
    assert.equal(await said(sso.withPassword(`oto@${domain}`)), 'sso_required');
    await sso.auth.factors.remove(await sso.acting(tokens.access), ownerId);
    assert.equal(await said(sso.withPassword(ownerEmail)), 'sso_required');
  });

  test('AU-08 the named owner who is an owner no more gets in with the provider only', async () => {
    const { ownerEmail, ownerId, tenantId, domain, byProvider } = await enforced();
    const ownerToo = await sso.person(tenantId, `oto@${domain}`, 'owner');
    assert.notEqual(ownerToo, ownerId);
    await sso.auth.accounts.setRole(byProvider, ownerId, 'member');
    assert.equal(await said(sso.withPassword(ownerEmail)), 'sso_required');
  });

  test('AU-08 single sign-on becomes the only way in only once it has worked, and with a way back', async () => {
    const { owner, ownerId, ownerEmail, tenantId, domain } = await sso.company();
    assert.equal(await said(sso.auth.sso.enforce(owner, ownerId)), 'sso_required');
    const byProvider = await sso.acting((await sso.withProvider(ownerEmail, { fresh: true })).tokens.access);
    await assert.rejects(sso.auth.sso.enforce(byProvider, ownerId), {
      ...{ code: 'invalid_input', field: 'emergencyOwner' },
      message: '"emergencyOwner" has to be an owner of your company with a password and a second factor.',
    });
    const administrator = await sso.person(tenantId, `ada@${domain}`, 'administrator');
    assert.equal(await said(sso.auth.sso.enforce(byProvider, administrator)), 'invalid_input');
    assert.equal(await said(sso.auth.sso.lift(byProvider)), 'not_found');
    await withFactor(owner);
    assert.equal(await said(sso.auth.sso.enforce(byProvider, ownerId)), 'fine');
    const { connection } = await sso.auth.sso.settings(owner);
    assert.deepEqual([connection?.enforcedAt, connection?.emergencyOwner], [new Date(clock.now()), ownerId]);
    const { action, subject, by } = (await lastEntry(owner)) ?? {};
    assert.deepEqual([action, subject, by?.id], ['sso_enforced', ownerId, ownerId]);
  });

  test('AU-08 while it is the only way in its provider stays, and its secret can change', async () => {
    const { byProvider, wanted } = await enforced();
    const other = await sso.company();
    await assert.rejects(sso.auth.sso.connect(byProvider, { ...wanted, issuer: other.issuer }), {
      ...{ code: 'sso_enforced', field: 'issuer' },
      message: 'Single sign-on is the only way in, so its provider stays. Let passwords count again first.',
    });
    assert.equal(await said(sso.auth.sso.connect(byProvider, { ...wanted, clientId: 'another' })), 'sso_enforced');
    assert.equal(await said(sso.auth.sso.connect(byProvider, { ...wanted, clientSecret: 'a new one' })), 'fine');
  });

  test('AU-08 operators open a company whose provider is lost for good, on record', async () => {
    const { tenantId, domain, owner } = await enforced();
    await sso.person(tenantId, `dana@${domain}`);
    const operator = await sso.auth.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), HOME);
    await sso.auth.provisioning.liftSso(operator, tenantId);
    const entry = await lastEntry(owner);
    assert.deepEqual([entry?.action, entry?.by.kind], ['sso_lifted', 'operator']);
    assert.equal(await said(sso.withPassword(`dana@${domain}`)), 'fine');
    assert.equal(await said(sso.auth.provisioning.liftSso(operator, tenantId)), 'not_found');
  });

  test('AU-08 without its provider a company’s sign-ins with it end, and nothing that was begun goes on', async () => {
    const { domain, owner } = await sso.company({ dana: {}, leo: {} });
    const { tokens } = await sso.withProvider(`dana@${domain}`);
    const begun = await sso.toCallback(`leo@${domain}`);
    const half = await sso.toCallback(`leo@${domain}`);
    const { handOver } = await sso.auth.signIn.finish(half);
    const ended = await sso.auth.sso.disconnect(owner);
    assert.deepEqual(
      ended.map(({ sessionId }) => sessionId),
      [tokens.sessionId],
    );
    assert.equal(await said(sso.auth.tokens.check(tokens.access, 'person', HOME)), 'session_ended');
    assert.equal(await said(sso.auth.signIn.finish(begun)), 'one_time_secret_invalid');
    assert.equal(await said(sso.redeem(handOver, half.browserKey)), 'one_time_secret_invalid');
    assert.equal(await said(sso.auth.tokens.check(owner.principal.sessionId, 'person', HOME)), 'token_invalid');
    assert.equal(await said(sso.auth.sso.disconnect(owner)), 'not_found');
  });

  test('AU-08 with another provider in its place the sign-ins that the one before has vouched for end, and no others', async () => {
    const { owner, ownerEmail, domain, name, wanted } = await sso.company({ leo: {} });
    const leo = await sso.withProvider(`leo@${domain}`);
    const byPassword = await sso.withPassword(ownerEmail);
    const other = { ...wanted, issuer: sso.provider.issuerOf(`${name}-2`) };
    const client = { id: wanted.clientId, secret: wanted.clientSecret, redirect: CALLBACK };
    await sso.provider.open({ name: `${name}-2`, client, people: {} });
    await sso.auth.sso.connect(owner, { ...wanted, newPeople: 'refused' });
    assert.equal(await said(sso.acting(leo.tokens.access)), 'fine');
    const ended = await sso.auth.sso.connect(owner, other);
    assert.deepEqual(ended, [{ sessionId: leo.tokens.sessionId, userId: leo.userId }]);
    assert.equal(await said(sso.acting(leo.tokens.access)), 'session_ended');
    assert.equal(await said(sso.auth.sessions.renew(leo.tokens.refresh, 'laptop', HOME)), 'session_ended');
    assert.equal(await said(sso.acting(byPassword.tokens.access)), 'fine');
  });
});

describe('proof of a domain', () => {
  let sso: SsoTest;
  before(async () => {
    sso = await SsoTest.open(clock);
  });
  after(() => sso[Symbol.asyncDispose]());

  test('AU-08 a domain that is claimed and not proven brings nobody in', async () => {
    const { owner, domain } = await sso.company({ dana: {} });
    const other = `other-${domain}`;
    const { record, provenAt } = await sso.auth.sso.claimDomain(owner, other.toUpperCase());
    assert.deepEqual([record.name, provenAt], [`_agent-chat.${other}`, null]);
    assert.equal(await said(sso.auth.signIn.start({ email: `dana@${other}` })), 'not_found');
    for (const text of ['', 'agent-chat-domain=', `${record.value}x`, record.value.slice(0, -1)]) {
      sso.names.publish(record.name, text);
      assert.equal(await said(sso.auth.sso.proveDomain(owner, other)), 'domain_unproven');
    }
    sso.names.publish(record.name, 'v=spf1 -all', record.value);
    assert.notEqual((await sso.auth.sso.proveDomain(owner, other)).provenAt, null);
    assert.deepEqual((await sso.auth.sso.claimDomain(owner, other)).record, record);
  });

  test('AU-08 the record of one company proves nothing for another, and of two the one that proves it gets it', async () => {
    const [one, other] = [await sso.company(), await sso.company()];
    const domain = `shared-${one.domain}`;
    const [ofOne] = [
      await sso.auth.sso.claimDomain(one.owner, domain),
      await sso.auth.sso.claimDomain(other.owner, domain),
    ];
    sso.names.publish(ofOne.record.name, ofOne.record.value);
    const { record } = await sso.auth.sso.claimDomain(other.owner, domain);
    const missing = `There is no TXT record at ${record.name} with the text "${record.value}".`;
    await assert.rejects(sso.auth.sso.proveDomain(other.owner, domain), {
      ...{ code: 'domain_unproven', field: 'domain' },
      message: `${missing} Add it, wait until it is published, and try again.`,
    });
    await sso.auth.sso.proveDomain(one.owner, domain);
    sso.names.publish(record.name, record.value);
    await assert.rejects(sso.auth.sso.proveDomain(other.owner, domain), {
      ...{ code: 'domain_taken', field: 'domain' },
      message: 'Another company has proven this domain. Ask the operators of the platform if it is yours.',
    });
    await sso.auth.sso.dropDomain(one.owner, domain);
    assert.equal(await said(sso.auth.sso.proveDomain(other.owner, domain)), 'fine');
  });

  test('AU-08 of ten companies that could prove a domain at once one gets it', async () => {
    const companies = await Promise.all(Array.from({ length: 10 }, () => sso.company()));
    const domain = `wanted-${companies[0]?.domain}`;
    const claims = await Promise.all(companies.map(({ owner }) => sso.auth.sso.claimDomain(owner, domain)));
    sso.names.publish(`_agent-chat.${domain}`, ...claims.map(({ record }) => record.value));
    const outcomes = await Promise.all(companies.map(({ owner }) => said(sso.auth.sso.proveDomain(owner, domain))));
    assert.deepEqual(outcomes.sort(), [...Array<string>(9).fill('domain_taken'), 'fine']);
  });

  test('AU-08 a company has twenty domains, and what it has not claimed it can neither prove nor drop', async () => {
    const { owner, domain } = await sso.company();
    for (let i = 1; i < 20; i++) await sso.auth.sso.claimDomain(owner, `d${i}.${domain}`);
    const limit = { name: 'domainsPerTenant', max: 20 };
    const message = 'A company may have 20 domains. Drop one first.';
    await assert.rejects(sso.auth.sso.claimDomain(owner, `d20.${domain}`), { code: 'domain_limit', message, limit });
    assert.equal(await said(sso.auth.sso.proveDomain(owner, `d20.${domain}`)), 'not_found');
    assert.equal(await said(sso.auth.sso.dropDomain(owner, `d20.${domain}`)), 'not_found');
    assert.equal(await said(sso.auth.sso.claimDomain(owner, 'nonsense')), 'invalid_input');
  });
});

const storedRow = z.object({ row: z.string() });

async function storedConnection(tenantId: TenantId): Promise<string> {
  const db = await stores.database();
  const [row] = await db.asService(
    servicePrincipal('test'),
    (tx) =>
      tx.query(
        sql`select c::text || encode(sealed_secret, 'escape') as row from sso_connection c where tenant_id = ${tenantId}`,
        storedRow,
      ),
    { readOnly: true },
  );
  return row?.row ?? assert.fail('nothing is stored');
}

/** As whoever holds the database could. */
async function swapSecrets(one: TenantId, other: TenantId): Promise<void> {
  const db = await stores.database();
  await db.asService(servicePrincipal('test'), (tx) =>
    tx.execute(sql`
      update sso_connection c set sealed_secret = o.sealed_secret from sso_connection o
      where c.tenant_id = ${one} and o.tenant_id = ${other}`),
  );
}

function base32(text: string): Buffer {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...text].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
}
