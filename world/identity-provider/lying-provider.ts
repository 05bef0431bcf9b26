import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWTPayload } from 'jose';

export interface Statement {
  readonly claims: JWTPayload;
  readonly sign: (claims: JWTPayload, header?: Record<string, unknown>) => Promise<string>;
}

type Answer = (response: ServerResponse) => void;
export const json =
  (body: object, status = 200): Answer =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

/** A double of a third party: an identity provider that answers and states whatever a test wants. */
export class LyingProvider implements AsyncDisposable {
  /** What stands in the statement besides what belongs there. */
  claims: JWTPayload = {};
  /** Makes the statement; signed with the published key unless a test says otherwise. */
  state: (statement: Statement) => Promise<string> = ({ claims, sign }) => sign(claims);
  /** Answers in place of the usual ones, by the end of the path. */
  readonly instead = new Map<string, Answer>();
  readonly asked: string[] = [];
  /** Who it says it is when it sends a browser back, if that is not the truth. */
  says = '';
  /** What the latest sign-in was begun with. */
  challenge = new URLSearchParams();

  private constructor(
    private readonly server: Server,
    private readonly key: CryptoKey,
    private readonly jwk: object,
  ) {}

  static async open(): Promise<LyingProvider> {
    const { privateKey, publicKey } = await generateKeyPair('RS256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'known', alg: 'RS256', use: 'sig' };
    const server = createServer();
    const own = new LyingProvider(server, privateKey, jwk);
    server.on('request', (request, response) => void own.#answer(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return own;
  }

  /** As an honest one again. */
  behave(): void {
    this.claims = {};
    this.says = '';
    this.state = ({ claims, sign }) => sign(claims);
    this.instead.clear();
    this.asked.length = 0;
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What it sends the browser back with. */
  callback(redirectTo: URL, more: Readonly<Record<string, string>> = {}): URLSearchParams {
    this.challenge = redirectTo.searchParams;
    const state = redirectTo.searchParams.get('state') ?? '';
    return new URLSearchParams({ code: 'a code', state, iss: this.says || this.issuer, ...more });
  }

  sign(claims: JWTPayload, header: Record<string, unknown> = {}): Promise<string> {
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'known', ...header }).sign(this.key);
  }

  unsigned(claims: JWTPayload): string {
    return new UnsecuredJWT(claims).encode();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', this.issuer).pathname;
    this.asked.push(path);
    const usual = this.instead.get(path) ?? (await this.#usual(path));
    usual(response);
  }

  async #usual(path: string): Promise<Answer> {
    const { issuer } = this;
    if (path === '/.well-known/openid-configuration') {
      return json({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
        userinfo_endpoint: `${issuer}/me`,
        authorization_response_iss_parameter_supported: true,
        id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
      });
    }
    if (path === '/keys') return json({ keys: [this.jwk] });
    if (path !== '/token') return json({}, 404);
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: issuer,
      aud: this.challenge.get('client_id') ?? '',
      nonce: this.challenge.get('nonce') ?? '',
      sub: 'somebody',
      iat: now,
      exp: now + 300,
      ...this.claims,
    };
    const sign = (said: JWTPayload, header = {}): Promise<string> => this.sign(said, header);
    const statement = await this.state({ claims, sign });
    return json({ access_token: 'an access token', token_type: 'Bearer', expires_in: 300, id_token: statement });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    const closed = once(this.server, 'close');
    this.server.close();
    await closed;
  }
}
