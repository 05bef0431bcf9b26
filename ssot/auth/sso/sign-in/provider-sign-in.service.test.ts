import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { said } from '../../../../support/module-tests/said';
import { CALLBACK, HOME, SsoTest } from '../../../../support/module-tests/auth/single-sign-on';
import { ControlledClock } from '../../../../world/operations/controlled-clock';
import { addressOf } from '../../../../world/settings';
import { systemClock } from '../../../kernel';
import type { Acting } from '../../contract';

const MINUTE_MS = 60_000;
const clock = new ControlledClock(systemClock.now());

describe('sign-in with a provider', () => {
  let sso: SsoTest;
  before(async () => {
    sso = await SsoTest.open(clock);
  });
  after(() => sso[Symbol.asyncDispose]());

  test('AU-06 somebody whom the company has not added comes in as a member, whatever the provider calls them', async () => {
    const { domain } = await sso.company({ leo: { role: 'owner' } });
    const first = await sso.withProvider(`leo@${domain}`);
    const again = await sso.withProvider(`leo@${domain}`);
    assert.equal(again.userId, first.userId);
    const { principal } = await sso.acting(first.tokens.access);
    assert.deepEqual(principal.methods, ['sso']);
    assert(!principal.context.permissions.includes('people:manage'));
    const renewed = await sso.auth.sessions.renew(first.tokens.refresh, 'laptop', HOME);
    assert.deepEqual((await sso.acting(renewed.access)).principal.methods, ['sso']);
  });

  test('AU-13 a first sign-in stands in the trail: who came, as whom, and how', async () => {
    const { domain, owner } = await sso.company({ leo: {} });
    const { userId, tokens } = await sso.withProvider(`leo@${domain}`);
    const entries = await sso.auth.audit.read(owner.principal.context, { limit: 3 });
    const provider = { kind: 'provider', id: null };
    assert.deepEqual(
      entries.map(({ seq: _, at, ...entry }) => ({ at: at.getTime() - clock.now(), ...entry })).toReversed(),
      [
        { action: 'person_added', by: provider, subject: userId, details: { role: 'member' } },
        { action: 'identity_linked', by: provider, subject: userId, details: {} },
        {
          ...{ action: 'sign_in', by: { kind: 'person', id: userId }, subject: tokens.sessionId },
          details: { methods: 'sso' },
        },
      ].map((entry) => ({ at: 0, address: sso.address, ...entry })),
    );
  });

  for (const [what, claimed, name] of [
    ['with blanks around it', '  Leo Lin ', 'Leo Lin'],
    ['as long as a name may be', 'x'.repeat(200), 'x'.repeat(200)],
    ['longer', 'x'.repeat(201), 'leo'],
    ['blank', ' ', 'leo'],
    ['missing', undefined, 'leo'],
  ] as const) {
    test(`AU-06 a newcomer is called what the provider says, where that can be a name: ${what}`, async () => {
      const { domain, owner } = await sso.company({ leo: { name: claimed } });
      const { userId } = await sso.withProvider(`leo@${domain}`);
      const [, leo] = await sso.auth.accounts.list(owner, { limit: 2 });
      assert.deepEqual(leo, { userId, name, email: `leo@${domain}`, role: 'member', createdAt: new Date(clock.now()) });
    });
  }

  test('AU-06 of eight first sign-ins at once each is the same person', async () => {
    const { domain, owner } = await sso.company({ leo: {} });
    const all = await Promise.all(Array.from({ length: 8 }, () => sso.withProvider(`leo@${domain}`)));
    assert.equal(new Set(all.map(({ userId }) => userId)).size, 1);
    assert.equal((await sso.auth.accounts.list(owner, { limit: 10 })).length, 2);
  });

  test('AU-06 an answer counts once, and of ten at once one', async () => {
    const { domain } = await sso.company({ leo: {} });
    const callback = await sso.toCallback(`leo@${domain}`);
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => said(sso.auth.signIn.finish(callback))));
    assert.deepEqual(outcomes.sort(), ['fine', ...Array<string>(9).fill('one_time_secret_invalid')]);
    assert.equal(await said(sso.auth.signIn.finish(callback)), 'one_time_secret_invalid');
  });

  test('AU-06 an answer counts in the browser that began only, and for what it began', async () => {
    const { domain } = await sso.company({ leo: {} });
    const one = await sso.toCallback(`leo@${domain}`);
    const other = await sso.toCallback(`leo@${domain}`);
    const finish = (change: Partial<typeof one>): Promise<string> =>
      said(sso.auth.signIn.finish({ ...one, ...change }));
    assert.equal(await finish({ browserKey: other.browserKey }), 'one_time_secret_invalid');
    assert.equal(await finish({ browserKey: '' }), 'one_time_secret_invalid');
    assert.equal(await finish({ browserKey: `${one.browserKey.slice(0, -4)}AAAA` }), 'one_time_secret_invalid');
    assert.equal(await finish({ query: new URLSearchParams({ code: 'a code' }) }), 'one_time_secret_invalid');
    // As long as what was begun with, in characters.
    const state = 'é'.repeat(one.query.get('state')?.length ?? 0);
    assert.equal(await finish({ query: new URLSearchParams({ code: 'a code', state }) }), 'one_time_secret_invalid');
    assert.equal(await finish({}), 'fine');
  });

  test('AU-06 an answer counts for ten minutes', async () => {
    const { domain } = await sso.company({ leo: {} });
    const [one, late] = [await sso.toCallback(`leo@${domain}`), await sso.toCallback(`leo@${domain}`)];
    clock.advance(10 * MINUTE_MS - 1);
    assert.equal(await said(sso.auth.signIn.finish(one)), 'fine');
    clock.advance(1);
    assert.equal(await said(sso.auth.signIn.finish(late)), 'one_time_secret_invalid');
  });

  test('AU-06 a code that was stolen is worth nothing in a sign-in of the thief’s own', async () => {
    const { domain } = await sso.company({ leo: {}, eve: {} });
    const stolen = await sso.toCallback(`leo@${domain}`);
    const own = await sso.toCallback(`eve@${domain}`);
    own.query.set('code', stolen.query.get('code') ?? '');
    assert.equal(await said(sso.auth.signIn.finish(own)), 'provider_refused');
  });

  test('AU-06 a hand-over code works once, for 60 seconds, in the same browser', async () => {
    const { domain } = await sso.company({ leo: {} });
    const begin = async (): Promise<readonly [handOver: string, browserKey: string]> => {
      const callback = await sso.toCallback(`leo@${domain}`);
      return [(await sso.auth.signIn.finish(callback)).handOver, callback.browserKey];
    };
    const [one, browser] = await begin();
    const [last, ofLast] = await begin();
    const [late, ofLate] = await begin();
    assert.equal(await said(sso.redeem(one, ofLate)), 'one_time_secret_invalid');
    assert.deepEqual((await Promise.all([said(sso.redeem(one, browser)), said(sso.redeem(one, browser))])).sort(), [
      'fine',
      'one_time_secret_invalid',
    ]);
    clock.advance(MINUTE_MS - 1);
    assert.equal(await said(sso.redeem(last, ofLast)), 'fine');
    clock.advance(1);
    assert.equal(await said(sso.redeem(late, ofLate)), 'one_time_secret_invalid');
  });

  for (const [what, decide] of [
    ['its domain is given up', (owner, _leo, domain) => sso.auth.sso.dropDomain(owner, domain)],
    ['the person ends all other sign-ins', (_owner, leo) => sso.auth.sessions.endOthers(leo)],
    [
      'the person is given a password',
      (owner, leo) => sso.auth.accounts.setPassword(owner, leo.principal.context.userId, 'a password of somebody new'),
    ],
  ] as readonly (readonly [string, (owner: Acting, leo: Acting, domain: string) => Promise<unknown>])[]) {
    test(`AU-10 what the provider has said before opens nothing once ${what}`, async () => {
      const { domain, owner } = await sso.company({ leo: {} });
      const leo = await sso.acting((await sso.withProvider(`leo@${domain}`, { fresh: true })).tokens.access);
      const callback = await sso.toCallback(`leo@${domain}`);
      const { handOver } = await sso.auth.signIn.finish(callback);
      await decide(owner, leo, domain);
      assert.equal(await said(sso.redeem(handOver, callback.browserKey)), 'one_time_secret_invalid');
    });
  }

  test('AU-06 people are sent back to registered addresses only, and to the first unless they say', async () => {
    const { domain } = await sso.company({ leo: {} });
    const start = (returnTo?: string) => sso.auth.signIn.start({ email: `leo@${domain}` }, returnTo);
    const { browserKey, redirectTo } = await start();
    assert.equal(sso.auth.signIn.returnAddressOf(browserKey), 'https://chat.example/');
    assert.equal(redirectTo.searchParams.get('redirect_uri'), CALLBACK);
    assert.equal(redirectTo.searchParams.get('code_challenge_method'), 'S256');
    assert.equal(await said(start('https://evil.example/')), 'invalid_input');
    assert.equal(sso.auth.signIn.returnAddressOf('nonsense'), undefined);
  });

  test('AU-06 an e-mail of no company with a provider is told so, whoever has it', async () => {
    await assert.rejects(sso.auth.signIn.start({ email: 'dana@nowhere.example' }), {
      code: 'not_found',
      field: 'email',
    });
    assert.equal(await said(sso.auth.signIn.start({ email: 'nonsense' })), 'not_found');
  });

  for (const [what, claims, reason] of [
    ['that the provider has not verified', { email_verified: false }, 'email_unverified'],
    ['of which the provider does not say so', { email_verified: undefined }, 'email_unverified'],
    ['that is missing', { email: undefined }, 'email_missing'],
    ['of a domain that nobody has proven', { email: 'leo@elsewhere.example' }, 'domain_unproven'],
  ] as const) {
    test(`AU-06 an e-mail lets nobody in: ${what}`, async () => {
      const { domain, owner } = await sso.company({ leo: claims });
      assert.equal(await said(sso.withProvider(`leo@${domain}`)), 'provider_refused');
      assert.equal((await sso.auth.accounts.list(owner, { limit: 10 })).length, 1);
      const [entry] = await sso.auth.audit.read(owner.principal.context, { limit: 1 });
      const by = { kind: 'provider', id: null };
      const refused = { action: 'sign_in_refused', by, subject: null, address: sso.address, details: { reason } };
      assert.partialDeepStrictEqual(entry, refused);
    });
  }

  test('AU-06 an account of the company is joined once; an e-mail that changed hands leads nowhere', async () => {
    const company = await sso.company({ dana: {}, other: {} });
    const { domain, tenantId, owner } = company;
    const userId = await sso.person(tenantId, `dana@${domain}`);
    assert.equal((await sso.withProvider(`dana@${domain}`)).userId, userId);
    const people = { dana: { email: 'x' }, other: { email: `DANA@${domain}`, email_verified: true } };
    await sso.provider.open({ ...company, people });
    assert.equal(await said(sso.withProvider(`dana@${domain}`, { who: 'other' })), 'provider_refused');
    const [entry] = await sso.auth.audit.read(owner.principal.context, { limit: 1 });
    assert.deepEqual(entry?.details, { reason: 'email_changed_hands' });
  });

  test('AU-06 an e-mail that a stranger’s company registered first is not joined', async () => {
    const { domain, owner } = await sso.company({ dana: {} });
    const birch = await sso.company();
    await sso.person(birch.tenantId, `dana@${domain}`);
    assert.equal(await said(sso.withProvider(`dana@${domain}`)), 'provider_refused');
    const [entry] = await sso.auth.audit.read(owner.principal.context, { limit: 1 });
    assert.deepEqual(entry?.details, { reason: 'email_of_another_company' });
  });

  test('AU-08 a company that wants to add its people itself gets nobody else', async () => {
    const { domain, tenantId, owner } = await sso.company({ dana: {}, leo: {} }, 'refused');
    assert.equal(await said(sso.withProvider(`leo@${domain}`)), 'provider_refused');
    const [entry] = await sso.auth.audit.read(owner.principal.context, { limit: 1 });
    assert.deepEqual(entry?.details, { reason: 'not_a_person_here' });
    const userId = await sso.person(tenantId, `dana@${domain}`);
    assert.equal((await sso.withProvider(`dana@${domain}`)).userId, userId);
  });

  test('AU-08 whoever was removed is not brought back by the provider, until the company adds them again', async () => {
    const company = await sso.company({ dana: {} });
    const { domain, owner, tenantId } = company;
    const { userId, tokens } = await sso.withProvider(`dana@${domain}`);
    await sso.auth.accounts.remove(owner, userId);
    assert.equal(await said(sso.auth.sessions.renew(tokens.refresh, 'laptop', HOME)), 'session_ended');
    const people = {
      dana: { email: `new@${domain}`, email_verified: true },
      other: { email: `DANA@${domain}`, email_verified: true },
    };
    const comesIn = (who: string) => sso.withProvider(`dana@${domain}`, { who });
    const refused = async (who: string): Promise<unknown> => {
      assert.equal(await said(comesIn(who)), 'provider_refused');
      return (await sso.auth.audit.read(owner.principal.context, { limit: 1 }))[0]?.details;
    };
    assert.deepEqual(await refused('dana'), { reason: 'removed' });
    // As whom the provider knew them, and by their e-mail.
    await sso.provider.open({ ...company, people });
    assert.deepEqual([await refused('dana'), await refused('other')], Array(2).fill({ reason: 'removed' }));
    const again = await sso.person(tenantId, `dana@${domain}`);
    assert.equal((await comesIn('other')).userId, again);
  });

  test('AU-08 another company’s provider that vouches for an e-mail opens nothing, and both are told', async () => {
    const acme = await sso.company({ dana: {} });
    const birch = await sso.company({ leo: { email: `dana@${acme.domain}`, email_verified: true } });
    assert.equal(await said(sso.withProvider(`leo@${birch.domain}`)), 'provider_refused');
    const reasonAt = async ({ owner }: typeof acme) =>
      (await sso.auth.audit.read(owner.principal.context, { limit: 1 }))[0]?.details;
    assert.deepEqual(await reasonAt(birch), { reason: 'domain_of_another_company' });
    assert.deepEqual(await reasonAt(acme), { reason: 'vouched_for_by_another_company' });
  });

  test('AU-04 a suspended company’s people do not come in with their provider either', async () => {
    const { domain, tenantId } = await sso.company({ dana: {} });
    const callback = await sso.toCallback(`dana@${domain}`);
    const { handOver } = await sso.auth.signIn.finish(callback);
    const operator = await sso.auth.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), HOME);
    await sso.auth.provisioning.suspendTenant(operator, tenantId);
    assert.equal(await said(sso.redeem(handOver, callback.browserKey)), 'access_revoked');
  });

  test('AU-09 what a provider remembers is no fresh proof; what it has asked for now is', async () => {
    const { domain, owner, ownerEmail, wanted } = await sso.company();
    const remembered = await sso.acting((await sso.withProvider(ownerEmail)).tokens.access);
    assert.equal(await said(sso.auth.sso.connect(remembered, wanted)), 'step_up_required');
    const fresh = await sso.acting((await sso.withProvider(ownerEmail, { fresh: true })).tokens.access);
    assert.equal(await said(sso.auth.sso.connect(fresh, wanted)), 'fine');
    const message = 'Prove it with your company’s provider: sign in with it again.';
    const byPassword = sso.auth.factors.stepUp(remembered, { password: 'whatever it is' });
    await assert.rejects(byPassword, { code: 'sso_required', message });
    assert(domain !== '' && owner.principal.methods.includes('pwd'));
  });
});
