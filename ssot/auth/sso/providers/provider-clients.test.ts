import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { json, LyingProvider, type Statement } from '../../../../world/identity-provider/lying-provider';
import { CHALLENGE, NO_NAMES } from '../../../../support/module-tests/auth/begun-sign-in';
import { said } from '../../../../support/module-tests/said';
import { ControlledClock } from '../../../../world/operations/controlled-clock';
import { InternalIssuers } from './provider-address';
import { ProviderClients, type ProviderStatement } from './provider-clients';
import { ProviderFetch } from './provider-fetch';
import { systemClock } from '../../../kernel';

const DISCOVERY = '/.well-known/openid-configuration';
const MAKES_NO_SENSE = 'its answer makes no sense';
const unavailable = (why: string) => ({
  ...{ code: 'provider_unavailable', retryable: true, retryAfterMs: 5_000 },
  message: `Your company’s provider cannot be asked right now: ${why}. Try again in a moment.`,
});
const now = (): number => Math.floor(systemClock.now() / 1000);

const LONGEST_NAMES = { subject: 'x'.repeat(255), providerSession: 'y'.repeat(255) };

describe('what a provider says', () => {
  let provider: LyingProvider;
  let http: ProviderFetch;
  let clients: ProviderClients;
  let clock: ControlledClock;
  before(async () => {
    provider = await LyingProvider.open();
  });
  beforeEach(() => {
    clock = new ControlledClock();
    const internal = new InternalIssuers([provider.issuer]);
    http = new ProviderFetch(internal, NO_NAMES);
    clients = new ProviderClients({ clock, internal, http });
    provider.claims = { email: 'dana@acme.example', email_verified: true };
    provider.state = ({ claims, sign }) => sign(claims);
    provider.instead.clear();
    provider.asked.length = 0;
  });
  after(() => provider[Symbol.asyncDispose]());

  const login = () => ({ issuer: provider.issuer, clientId: 'acme', clientSecret: 'a secret' });
  const exchange = async (
    more: Readonly<Record<string, string>> = {},
    { wanted = CHALLENGE, cut = '' } = {},
  ): Promise<ProviderStatement> => {
    const redirectTo = await clients.authorizationAddress(login(), wanted);
    const callback = new URL(wanted.redirectAddress);
    callback.search = provider.callback(redirectTo, more).toString();
    if (cut !== '') callback.searchParams.delete(cut);
    return clients.exchange(login(), callback, wanted);
  };

  test('AU-06 a true statement is believed', async () => {
    const iat = now();
    provider.claims = { ...provider.claims, name: 'Dana', sid: 's-1', iat, auth_time: iat - 60 };
    assert.deepEqual(await exchange(), {
      subject: 'somebody',
      email: 'dana@acme.example',
      isEmailVerified: true,
      name: 'Dana',
      provedAgoMs: 60_000,
      providerSession: 's-1',
    });
  });

  for (const [what, claims, read] of [
    ['no more than who it is', {}, {}],
    ['a proof that is still to come', { auth_time: now() + 600 }, { provedAgoMs: 0 }],
    ['the longest names of a person and of a session', { sub: 'x'.repeat(255), sid: 'y'.repeat(255) }, LONGEST_NAMES],
    ['a session with too long a name', { sid: 'y'.repeat(256) }, {}],
    ['a name that is no text', { name: 7 }, {}],
  ] as const) {
    test(`AU-06 of a statement what is there and can be read is believed: ${what}`, async () => {
      provider.claims = { ...provider.claims, ...claims };
      const nothingMore = { name: undefined, provedAgoMs: undefined, providerSession: undefined };
      const usual = { subject: 'somebody', email: 'dana@acme.example', isEmailVerified: true };
      assert.deepEqual(await exchange(), { ...usual, ...nothingMore, ...read });
    });
  }

  test('AU-06 an e-mail that is told separately counts if it is about the same person', async () => {
    provider.claims = {};
    provider.instead.set('/me', json({ sub: 'somebody', email: 'dana@acme.example', email_verified: true }));
    assert.equal((await exchange()).email, 'dana@acme.example');
    provider.instead.set('/me', json({ sub: 'somebody else', email: 'olga@acme.example', email_verified: true }));
    assert.equal(await said(exchange()), 'provider_refused');
  });

  const doctored: readonly (readonly [what: string, claims: JWTPayload])[] = [
    ['for another audience', { aud: 'birch' }],
    ['for two audiences without saying who asked', { aud: ['acme', 'birch'] }],
    ['asked for by somebody else', { aud: ['acme', 'birch'], azp: 'birch' }],
    ['of another issuer', { iss: 'https://login.example' }],
    ['with a stale nonce', { nonce: 'of an earlier sign-in' }],
    ['without a nonce', { nonce: undefined }],
    ['that has expired', { exp: now() - 60 }],
    ['without an end', { exp: undefined } as unknown as JWTPayload],
    ['that does not say when it was made', { iat: undefined } as unknown as JWTPayload],
    ['about nobody', { sub: '' }],
    ['about somebody with too long a name', { sub: 'x'.repeat(256) }],
    ['that counts later only', { nbf: now() + 600 }],
  ];
  for (const [what, claims] of doctored) {
    test(`AU-06 a statement is refused: ${what}`, async () => {
      provider.claims = { ...provider.claims, ...claims };
      assert.equal(await said(exchange()), 'provider_refused');
    });
  }

  const signed: readonly (readonly [what: string, state: (by: Statement) => Promise<string>])[] = [
    ['unsigned', ({ claims }) => Promise.resolve(provider.unsigned(claims))],
    [
      'signed by a stranger under the known name',
      async ({ claims }) => {
        const { privateKey } = await generateKeyPair('RS256');
        return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'known' }).sign(privateKey);
      },
    ],
    [
      'signed with the secret that both sides have',
      ({ claims }) =>
        new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from('a secret'.padEnd(32, '.'))),
    ],
    [
      'altered after it was signed',
      async ({ claims, sign }) => {
        const [head, , signature] = (await sign(claims)).split('.');
        const altered = Buffer.from(JSON.stringify({ ...claims, sub: 'olga' })).toString('base64url');
        return `${head}.${altered}.${signature}`;
      },
    ],
    ['that is none', () => Promise.resolve('nonsense')],
  ];
  for (const [what, state] of signed) {
    test(`AU-06 a statement is refused: ${what}`, async () => {
      provider.state = state;
      assert.equal(await said(exchange()), 'provider_refused');
    });
  }

  test('AU-06 an answer from a mixed-up provider, or one that does not say whose it is, is refused', async () => {
    assert.equal(await said(exchange({ iss: 'https://login.example' })), 'provider_refused');
    assert.equal(await said(exchange({}, { cut: 'iss' })), 'provider_refused');
    assert(!provider.asked.includes('/token'));
  });

  test('AU-06 a person who says no there is not let in here', async () => {
    assert.equal(await said(exchange({ error: 'access_denied' }, { cut: 'code' })), 'provider_refused');
    const later = exchange({ error: 'temporarily_unavailable' }, { cut: 'code' });
    await assert.rejects(later, unavailable('it says so'));
  });

  test('AU-09 a proof that was asked for now has to be from now', async () => {
    const wanted = { ...CHALLENGE, fresh: true };
    provider.claims = { ...provider.claims, auth_time: now() - 600 };
    assert.equal(await said(exchange({}, { wanted })), 'provider_refused');
    provider.claims = { email: 'dana@acme.example', email_verified: true };
    assert.equal(await said(exchange({}, { wanted })), 'provider_refused');
    provider.claims = { ...provider.claims, auth_time: now() };
    assert.equal((await exchange({}, { wanted })).provedAgoMs, 0);
  });

  test('AU-06 only true says that an e-mail is verified', async () => {
    for (const value of ['true', 1, 'yes', null]) {
      provider.claims = { email: 'dana@acme.example', email_verified: value };
      assert.equal((await exchange()).isEmailVerified, false);
    }
  });

  for (const [what, path, answer, why] of [
    ['a server error', '/token', json({}, 500), 'it answered 500'],
    ['a discovery that does not come', DISCOVERY, json({}, 503), 'it answered 503'],
    [
      'an unreadable answer',
      '/token',
      (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{"id_'),
      MAKES_NO_SENSE,
    ],
    [
      'a page instead of an answer',
      '/token',
      (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Sorry'),
      MAKES_NO_SENSE,
    ],
    ['keys that are missing', '/keys', json({ keys: [] }), MAKES_NO_SENSE],
    ['keys that do not come', '/keys', json({}, 503), 'it answered 503'],
    [
      'an answer without end',
      '/token',
      (response) =>
        void response.writeHead(200, { 'content-type': 'application/json' }).end(`"${'a'.repeat(300_000)}"`),
      'it does not answer',
    ],
    ['a connection that breaks', '/token', (response) => void response.destroy(), 'it does not answer'],
  ] as const satisfies readonly (readonly [string, string, Parameters<LyingProvider['instead']['set']>[1], string])[]) {
    test(`AU-06 a provider in trouble is told apart from one that refuses: ${what}`, async () => {
      provider.instead.set(path, answer);
      await assert.rejects(exchange(), unavailable(why));
      provider.instead.clear();
      assert.equal((await exchange()).subject, 'somebody');
    });
  }

  for (const [encoding, compress] of [
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['gzip, gzip', (text: string) => gzipSync(gzipSync(text))],
  ] as const) {
    test(`AU-06 an answer is no longer for being compressed: ${encoding}`, async () => {
      const askFor = (length: number): Promise<Response> => {
        const body = compress('a'.repeat(length));
        const headers = { 'content-type': 'text/plain', 'content-encoding': encoding };
        provider.instead.set('/long', (response) => void response.writeHead(200, headers).end(body));
        return http.fetch(`${provider.issuer}/long`, { method: 'GET', headers: {} });
      };
      assert.equal((await (await askFor(256 * 1024)).text()).length, 256 * 1024);
      await assert.rejects(askFor(256 * 1024 + 1), unavailable('its answer is too long'));
    });
  }

  test('AU-06 a redirect of a provider’s server is not followed', async () => {
    provider.instead.set(
      '/keys',
      (response) => void response.writeHead(302, { location: `${provider.issuer}/elsewhere` }).end(),
    );
    assert.equal(await said(exchange()), 'provider_unavailable');
    assert(!provider.asked.includes('/elsewhere'));
  });

  test('AU-06 a provider that failed five times is left alone for 30 seconds, and others are not', async () => {
    provider.instead.set('/token', json({}, 500));
    for (let i = 0; i < 5; i++) assert.equal(await said(exchange()), 'provider_unavailable');
    provider.asked.length = 0;
    await assert.rejects(exchange(), unavailable('it has not answered several times'));
    assert.deepEqual(provider.asked, []);
    await using other = await LyingProvider.open();
    const internal = new InternalIssuers([other.issuer]);
    await new ProviderClients({ clock, internal, http: new ProviderFetch(internal, NO_NAMES) }).metadataOf(
      other.issuer,
    );
    provider.instead.clear();
    clock.advance(30_000);
    assert.equal((await exchange()).subject, 'somebody');
  });

  test('AU-08 a provider is the one that it says it is, and publishes where it is asked', async () => {
    const published = {
      issuer: provider.issuer,
      authorization_endpoint: `${provider.issuer}/authorize`,
      token_endpoint: `${provider.issuer}/token`,
      jwks_uri: `${provider.issuer}/keys`,
    };
    const outcome = (document: object): Promise<string> => {
      provider.instead.set(DISCOVERY, json(document));
      return said(clients.metadataOf(provider.issuer));
    };
    assert.equal(await outcome({ ...published, issuer: `${provider.issuer}/` }), 'provider_refused');
    assert.equal(await outcome({ ...published, issuer: 'https://login.example' }), 'provider_refused');
    assert.equal(await outcome({ ...published, jwks_uri: undefined }), 'issuer_refused');
    assert.equal(await outcome({ ...published, token_endpoint: 'http://169.254.169.254/token' }), 'issuer_refused');
    assert.equal(await outcome({ ...published, authorization_endpoint: 'javascript:alert(1)' }), 'issuer_refused');
    assert.equal(await outcome(published), 'fine');
  });

  test('AU-08 a company is told what its provider does not publish', async () => {
    provider.instead.set(DISCOVERY, json({ issuer: provider.issuer }));
    const advice = 'Use a provider with a public https address, or ask the operators of the platform.';
    const message = `The provider’s address publishes no authorization_endpoint. ${advice}`;
    await assert.rejects(clients.metadataOf(provider.issuer), { code: 'issuer_refused', field: 'issuer', message });
  });

  test('AU-06 who is refused for what a provider says is told whom to ask', async () => {
    provider.claims = { ...provider.claims, aud: 'birch' };
    const message = 'Your company’s provider did not let you in here. Ask an administrator of your company.';
    await assert.rejects(exchange(), { code: 'provider_refused', retryable: false, message });
  });
});

describe('the way to a provider', () => {
  const names = new Map<string, readonly string[]>();
  let http: ProviderFetch;
  before(() => {
    const addresses = (name: string) => Promise.resolve(names.get(name) ?? []);
    http = new ProviderFetch(new InternalIssuers([]), { texts: () => Promise.resolve([]), addresses });
  });
  after(() => http.close());
  const ask = (address: string): Promise<string> => said(http.fetch(address, { method: 'GET', headers: {} }));

  test('AU-08 a name that stands for an address of the platform’s network is not connected to', async () => {
    names.set('inside.example', ['10.0.0.1']);
    names.set('half.example', ['93.184.216.34', '127.0.0.1']);
    const message = /^The provider’s address is not on the public internet\./;
    await assert.rejects(http.fetch('https://inside.example/', { method: 'GET', headers: {} }), { message });
    assert.equal(await ask('https://half.example/'), 'issuer_refused');
    assert.equal(await ask('https://nowhere.example/'), 'provider_unavailable');
  });
});
