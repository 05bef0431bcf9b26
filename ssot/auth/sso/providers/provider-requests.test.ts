import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, beforeEach, describe, test } from 'node:test';
import { text } from 'node:stream/consumers';
import { CHALLENGE, NO_NAMES } from '../../../../support/module-tests/auth/begun-sign-in';
import { said } from '../../../../support/module-tests/said';
import { json, LyingProvider } from '../../../../world/identity-provider/lying-provider';
import { ControlledClock } from '../../../../world/operations/controlled-clock';
import { InternalIssuers } from './provider-address';
import { ProviderClients } from './provider-clients';
import { ProviderFetch } from './provider-fetch';

const MINUTE_MS = 60_000;
const DISCOVERY = '/.well-known/openid-configuration';

describe('what a provider is asked', () => {
  let provider: LyingProvider;
  let clock: ControlledClock;
  let clients: ProviderClients;
  before(async () => {
    provider = await LyingProvider.open();
  });
  beforeEach(() => {
    clock = new ControlledClock();
    clock.advance(MINUTE_MS);
    const internal = new InternalIssuers([provider.issuer]);
    clients = new ProviderClients({ clock, internal, http: new ProviderFetch(internal, NO_NAMES) });
    provider.behave();
    provider.claims = { email: 'dana@acme.example', email_verified: true };
  });
  after(() => provider[Symbol.asyncDispose]());

  const login = (clientSecret = 'a secret') => ({ issuer: provider.issuer, clientId: 'acme', clientSecret });
  const exchange = async (by = login()): Promise<string> => {
    const callback = new URL(CHALLENGE.redirectAddress);
    callback.search = provider.callback(await clients.authorizationAddress(by, CHALLENGE)).toString();
    return said(clients.exchange(by, callback, CHALLENGE));
  };
  const publishing = (more: object): void =>
    void provider.instead.set(
      DISCOVERY,
      json({
        issuer: provider.issuer,
        authorization_endpoint: `${provider.issuer}/authorize`,
        token_endpoint: `${provider.issuer}/token`,
        jwks_uri: `${provider.issuer}/keys`,
        ...more,
      }),
    );

  for (const [fresh, more] of [
    [false, {}],
    [true, { prompt: 'login', max_age: '0' }],
  ] as const) {
    test(`AU-06 a browser is sent with all that binds the answer to it, and for no more than is read${fresh ? ', for a proof from now' : ''}`, async () => {
      const address = await clients.authorizationAddress(login(), { ...CHALLENGE, fresh });
      assert.equal(`${address.origin}${address.pathname}`, `${provider.issuer}/authorize`);
      assert.deepEqual(Object.fromEntries(address.searchParams), {
        ...{ client_id: 'acme', response_type: 'code', scope: 'openid email profile' },
        ...{ redirect_uri: CHALLENGE.redirectAddress, state: CHALLENGE.state, nonce: CHALLENGE.nonce },
        code_challenge: createHash('sha256').update(CHALLENGE.verifier).digest('base64url'),
        code_challenge_method: 'S256',
        ...more,
      });
    });
  }

  const inBody = { client_id: 'acme', client_secret: 'a secret' };
  const inHead = `Basic ${Buffer.from('acme:a+secret').toString('base64')}`;
  for (const [what, methods, head, body] of [
    ['nothing', undefined, inHead, {}],
    ['the body only', ['client_secret_post'], undefined, inBody],
    ['both', ['client_secret_post', 'client_secret_basic'], inHead, {}],
  ] as const) {
    test(`AU-06 the platform proves itself to a provider in the way that it takes: ${what} said`, async () => {
      publishing({ token_endpoint_auth_methods_supported: methods });
      const asked = Promise.withResolvers<unknown>();
      provider.instead.set('/token', (response) => {
        const { method, headers } = response.req;
        void text(response.req).then((sent) => {
          asked.resolve([method, headers.authorization, Object.fromEntries(new URLSearchParams(sent))]);
          json({ error: 'invalid_grant' }, 400)(response);
        });
      });
      assert.equal(await exchange(), 'provider_refused');
      const grant = { grant_type: 'authorization_code', code: 'a code', code_verifier: CHALLENGE.verifier };
      const sent = { ...grant, redirect_uri: CHALLENGE.redirectAddress, ...body };
      assert.deepEqual(await asked.promise, ['POST', head, sent]);
    });
  }

  for (const [what, published, believed] of [
    ['nothing', undefined, ['RS256']],
    ['secrets that both sides have, and none', ['HS256', 'none', 'ES256'], ['ES256']],
    ['all', ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'], ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519']],
  ] as const) {
    test(`AU-06 of the signatures that a provider offers those with its own key are believed: ${what}`, async () => {
      publishing({ id_token_signing_alg_values_supported: published });
      const { id_token_signing_alg_values_supported: kept } = await clients.metadataOf(provider.issuer);
      assert.deepEqual(kept, believed);
    });
  }

  test('AU-06 what a provider publishes is asked for once in ten minutes, and again at once where it did not come', async () => {
    provider.instead.set(DISCOVERY, json({}, 503));
    assert.equal(await said(clients.metadataOf(provider.issuer)), 'provider_unavailable');
    provider.behave();
    const timesAsked = (): number => provider.asked.filter((path) => path === DISCOVERY).length;
    await clients.metadataOf(provider.issuer);
    await exchange();
    clock.advance(10 * MINUTE_MS - 1);
    await exchange();
    assert.equal(timesAsked(), 1);
    clock.advance(2);
    await exchange();
    assert.equal(timesAsked(), 2);
  });

  test('AU-08 a company that has changed its secret is known by the new one at once', async () => {
    assert.equal(await exchange(), 'fine');
    const heads: (string | undefined)[] = [];
    provider.instead.set('/token', (response) => {
      heads.push(response.req.headers.authorization);
      json({ error: 'invalid_client' }, 401)(response);
    });
    await exchange(login('another'));
    assert.deepEqual(heads, [`Basic ${Buffer.from('acme:another').toString('base64')}`]);
  });

  test('AU-08 companies that share a provider are each known there by their own name', async () => {
    const nameOf = async (clientId: string): Promise<string | null> =>
      (await clients.authorizationAddress({ ...login(), clientId }, CHALLENGE)).searchParams.get('client_id');
    assert.deepEqual([await nameOf('acme'), await nameOf('birch')], ['acme', 'birch']);
  });
});
