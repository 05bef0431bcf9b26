import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { LyingProvider } from '../../../world/identity-provider/lying-provider';
import { said } from '../../../support/module-tests/said';
import { HOME, SsoTest } from '../../../support/module-tests/auth/single-sign-on';
import { stores } from '../../../support/module-tests/stores';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import type { SignedIn } from '../contract';
import { systemClock } from '../../kernel';
import type { EndedByProvider } from './back-channel-logout';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const clock = new ControlledClock(systemClock.now());

describe('a provider that signs people out', () => {
  let provider: LyingProvider;
  let other: LyingProvider;
  let sso: SsoTest;
  before(async () => {
    provider = await LyingProvider.open();
    other = await LyingProvider.open();
    sso = await SsoTest.open(clock, provider.issuer, other.issuer);
  });
  after(async () => {
    await sso[Symbol.asyncDispose]();
    await provider[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
  });

  /** Of a company that has moved to this provider. */
  async function signedIn(by = provider, sub = 'dana') {
    const company = await sso.company();
    const clientId = `client of ${company.domain}`;
    await sso.auth.sso.connect(company.owner, { ...company.wanted, issuer: by.issuer, clientId });
    const handedOver = async (): Promise<readonly [handOver: string, browserKey: string]> => {
      const { redirectTo, browserKey } = await sso.auth.signIn.start({ email: `dana@${company.domain}` });
      by.claims = { sub, sid: `session of ${company.domain}`, email: `dana@${company.domain}`, email_verified: true };
      const { handOver } = await sso.auth.signIn.finish({
        query: by.callback(redirectTo),
        browserKey,
        address: sso.address,
      });
      return [handOver, browserKey];
    };
    const again = async (): Promise<SignedIn> => sso.redeem(...(await handedOver()));
    return {
      ...company,
      clientId,
      again,
      handedOver,
      tokens: (await again()).tokens,
      session: `session of ${company.domain}`,
    };
  }

  function notice(by: LyingProvider, aud: string, more: JWTPayload = {}): JWTPayload {
    const iat = Math.floor(clock.now() / 1000);
    return { iss: by.issuer, aud, iat, jti: stores.ids.next('req'), sub: 'dana', events: { [EVENT]: {} }, ...more };
  }
  const show = (token: string): Promise<string> => said(sso.auth.sso.backChannelLogout(token, sso.address));
  const stateOf = ({ tokens }: { tokens: SignedIn['tokens'] }): Promise<string> =>
    said(sso.auth.tokens.check(tokens.access, 'person', HOME));

  for (const [what, more] of [
    ['a person', {}],
    ['a session of theirs', { sub: undefined, sid: 'own' }],
    ['both', { sid: 'own' }],
    ['its kind written down', { typ: 'logout+jwt' }],
  ] as const) {
    test(`AU-08 its own notice ends what it has vouched for: ${what}`, async () => {
      const dana = await signedIn();
      const { typ, sid, ...claims } = more as { typ?: string; sid?: string };
      const said = notice(provider, dana.clientId, { ...claims, ...(sid && { sid: dana.session }) });
      const token = await provider.sign(said, typ === undefined ? {} : { typ });
      const ended = await sso.auth.sso.backChannelLogout(token, HOME);
      const { sessionId } = dana.tokens;
      const [one, ...others] = ended;
      assert.deepEqual([one, others], [{ tenantId: dana.tenantId, sessionId, userId: one?.userId }, []]);
      assert.equal(await stateOf(dana), 'session_ended');
      const [entry] = await sso.auth.audit.read(dana.owner.principal.context, { limit: 1 });
      assert.partialDeepStrictEqual(entry, {
        ...{ action: 'signed_out', by: { kind: 'provider', id: null }, subject: sessionId, address: HOME },
      });
      const own = await sso.auth.accounts.contextFor(dana.tenantId, (ended[0] as EndedByProvider).userId);
      assert.deepEqual(await sso.auth.audit.readOwn(own, { limit: 1 }), [entry]);
    });
  }

  test('AU-08 a notice about somebody else, or another session, ends nothing', async () => {
    const dana = await signedIn();
    for (const more of [{ sub: 'olga' }, { sid: 'another session' }]) {
      provider.asked.length = 0;
      assert.equal(await show(await provider.sign(notice(provider, dana.clientId, more))), 'fine');
    }
    assert.deepEqual(provider.asked, [], 'its keys are known from the notice before');
    assert.equal(await stateOf(dana), 'fine');
  });

  test('AU-08 its own notice ends also what it has vouched for a moment before, and nothing of anybody else', async () => {
    const dana = await signedIn();
    const handedOver = await dana.handedOver();
    await show(await provider.sign(notice(provider, dana.clientId, { sub: 'olga' })));
    const untouched = await dana.handedOver();
    assert.equal(await said(sso.redeem(...untouched)), 'fine');
    await show(await provider.sign(notice(provider, dana.clientId)));
    assert.equal(await said(sso.redeem(...handedOver)), 'one_time_secret_invalid');
  });

  test('AU-08 a notice that is shown again after she is back ends nothing', async () => {
    const dana = await signedIn();
    const token = await provider.sign(notice(provider, dana.clientId));
    assert.equal(await show(token), 'fine');
    clock.advance(1_000);
    const { tokens } = await dana.again();
    assert.equal(await show(token), 'fine');
    assert.equal(await stateOf({ tokens }), 'fine');
  });

  test('AU-08 another company’s provider ends nothing here, whatever it says', async () => {
    const dana = await signedIn();
    const birch = await signedIn(other);
    assert.equal(await show(await other.sign(notice(other, dana.clientId))), 'token_invalid');
    assert.equal(await show(await other.sign(notice(provider, dana.clientId))), 'token_invalid');
    assert.equal(await show(await other.sign(notice(other, birch.clientId))), 'fine');
    assert.equal(await stateOf(dana), 'fine');
    assert.equal(await stateOf(birch), 'session_ended');
  });

  test('AU-08 a sign-in by password is nobody’s but the platform’s', async () => {
    const dana = await signedIn();
    await provider.sign(notice(provider, dana.clientId)).then(show);
    assert.equal(await said(sso.withPassword(dana.ownerEmail)), 'fine');
  });

  for (const [what, ageS, outcome] of [
    ['two minutes old', 119, 'fine'],
    ['older', 121, 'token_invalid'],
    ['dated a minute ahead', -60, 'fine'],
    ['dated further ahead', -62, 'token_invalid'],
  ] as const) {
    test(`AU-08 a notice counts while it is new: ${what}`, async () => {
      const dana = await signedIn();
      const iat = Math.floor(clock.now() / 1_000) - ageS;
      assert.equal(await show(await provider.sign(notice(provider, dana.clientId, { iat }))), outcome);
    });
  }

  const doctored: readonly (readonly [what: string, change: JWTPayload])[] = [
    ['no event', { events: {} }],
    ['another event', { events: { 'http://schemas.openid.net/event/other': {} } }],
    ['a nonce, as an identity statement has', { nonce: 'x' }],
    ['nobody', { sub: undefined } as unknown as JWTPayload],
    ['no number of its own', { jti: undefined } as unknown as JWTPayload],
    ['no time', { iat: undefined } as unknown as JWTPayload],
    ['run out', { exp: 1 }],
    ['another audience', { aud: 'somebody else' }],
    ['an issuer that nobody has connected', { iss: 'https://login.example' }],
  ];
  for (const [what, change] of doctored) {
    test(`AU-08 what is no notice ends nothing: ${what}`, async () => {
      const dana = await signedIn();
      assert.equal(await show(await provider.sign(notice(provider, dana.clientId, change))), 'token_invalid');
      assert.equal(await stateOf(dana), 'fine');
    });
  }

  test('AU-08 what is no notice ends nothing: unsigned, a stranger’s, another kind of token, nonsense', async () => {
    const dana = await signedIn();
    const genuine = notice(provider, dana.clientId);
    const { privateKey } = await generateKeyPair('RS256');
    const forged = await new SignJWT(genuine).setProtectedHeader({ alg: 'RS256', kid: 'known' }).sign(privateKey);
    const shown = [provider.unsigned(genuine), forged, await provider.sign(genuine, { typ: 'at+jwt' }), 'nonsense', ''];
    for (const token of [...shown, 'a'.repeat(9_000)]) assert.equal(await show(token), 'token_invalid');
    assert.equal(await stateOf(dana), 'fine');
  });
});
