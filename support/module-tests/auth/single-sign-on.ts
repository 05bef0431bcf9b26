import { randomInt } from 'node:crypto';
import {
  openDnsResolver,
  type Acting,
  type Auth,
  type OidcConnection,
  type ProviderCallback,
  type SignedIn,
  type SsoDeps,
} from '../../../ssot/auth';
import type { TenantId, UserId } from '../../../ssot/kernel';
import { NameServer } from '../../../world/identity-provider/name-server';
import { PlainBrowser } from '../../../world/identity-provider/plain-browser';
import { ProviderProcess, type Claims, type OpenedProvider } from '../../../world/identity-provider/provider-process';
import { addressOf } from '../../../world/settings';
import type { ControlledClock } from '../../../world/operations/controlled-clock';
import { openTestAuth, PASSWORD } from './auth';
import { stores } from '../stores';

export const HOME = '198.51.100.60';
export const CALLBACK = 'https://chat.example/v1/sign-in/provider/callback';

/** A company with a provider of its own, a proven domain, and an owner who has signed in. */
interface ConnectedCompany {
  readonly tenantId: TenantId;
  readonly domain: string;
  readonly issuer: string;
  readonly owner: Acting;
  readonly ownerId: UserId;
  readonly ownerEmail: string;
  readonly name: string;
  readonly client: OpenedProvider['client'];
  /** What it was connected with. */
  readonly wanted: OidcConnection;
}

/** Auth, a real identity provider and a name server, for the tests of a file. */
export class SsoTest implements AsyncDisposable {
  /** Where the people of the latest company come from: attempts are counted for each network. */
  address = HOME;

  private constructor(
    private readonly scope: AsyncDisposable,
    readonly auth: Auth,
    readonly provider: ProviderProcess,
    readonly names: NameServer,
    readonly clock: ControlledClock,
  ) {}

  static async open(clock: ControlledClock, ...issuers: readonly string[]): Promise<SsoTest> {
    const scope = new AsyncDisposableStack();
    const names = scope.use(await NameServer.open());
    const provider = scope.use(await ProviderProcess.start());
    const auth = scope.use(await openTestAuth({ clock, sso: ssoOn(provider, names, ...issuers) }));
    return new SsoTest(scope, auth, provider, names, clock);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.scope[Symbol.asyncDispose]();
  }

  async company(
    people: Readonly<Record<string, Claims>> = {},
    newPeople: 'members' | 'refused' = 'members',
  ): Promise<ConnectedCompany> {
    const { auth } = this;
    this.address = `198.18.${randomInt(256)}.${randomInt(256)}`;
    const name = stores.ids.next('req').slice(-12);
    const domain = `${name}.example`;
    const operator = await auth.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), HOME);
    const tenantId = await auth.provisioning.createTenant(operator, { name: 'Acme', plan: 'enterprise' });
    const ownerEmail = `olga@${domain}`;
    const ownerId = await this.person(tenantId, ownerEmail, 'owner');
    const owner = await this.acting((await this.withPassword(ownerEmail)).tokens.access);
    const issuer = this.provider.issuerOf(name);
    const client = { id: `client-${name}`, secret: `secret-${name}`, redirect: CALLBACK };
    await this.provider.open({ name, client, people: at(domain, { olga: {}, ...people }) });
    const wanted = { issuer, clientId: client.id, clientSecret: client.secret, newPeople };
    await auth.sso.connect(owner, wanted);
    const { record } = await auth.sso.claimDomain(owner, domain);
    this.names.publish(record.name, record.value);
    await auth.sso.proveDomain(owner, domain);
    return { tenantId, domain, issuer, owner, ownerId, ownerEmail, name, client, wanted };
  }

  async person(
    tenantId: TenantId,
    email: string,
    role: 'member' | 'administrator' | 'owner' = 'member',
  ): Promise<UserId> {
    const operator = await this.auth.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), HOME);
    return this.auth.provisioning.addPerson(operator, tenantId, { name: 'Dana', email, password: PASSWORD, role });
  }

  withPassword(email: string): Promise<SignedIn> {
    return this.auth.signIn.withPassword({ email, password: PASSWORD, device: 'laptop', address: HOME });
  }

  async acting(access: string): Promise<Acting> {
    return { principal: await this.auth.tokens.check(access, 'person', HOME), address: HOME };
  }

  /** As far as the provider has sent the browser back. */
  async toCallback(email: string, { who = email.split('@')[0] ?? '', fresh = false } = {}): Promise<ProviderCallback> {
    const { redirectTo, browserKey } = await this.auth.signIn.start({ email, fresh });
    const callback = await new PlainBrowser().signIn(redirectTo, who, CALLBACK);
    return { query: callback.searchParams, browserKey, address: this.address };
  }

  async withProvider(email: string, options: { who?: string; fresh?: boolean } = {}): Promise<SignedIn> {
    const callback = await this.toCallback(email, options);
    const { handOver } = await this.auth.signIn.finish(callback);
    return this.redeem(handOver, callback.browserKey);
  }

  redeem(handOver: string, browserKey: string): Promise<SignedIn> {
    return this.auth.signIn.redeem({ handOver, browserKey, device: 'laptop', address: this.address });
  }
}

function ssoOn(provider: ProviderProcess, names: NameServer, ...issuers: readonly string[]): SsoDeps {
  return {
    publicUrl: () => 'https://chat.example',
    returnAddresses: () => ['https://chat.example/'],
    // By one of its issuers the process is named; the others stand at the same place.
    internalIssuers: [provider.issuerOf('named'), ...issuers],
    dns: openDnsResolver([names.address]),
  };
}

/** People with a verified e-mail of the domain, unless their claims say otherwise. */
function at(domain: string, people: Readonly<Record<string, Claims>>): Readonly<Record<string, Claims>> {
  return Object.fromEntries(
    Object.entries(people).map(([who, claims]) => [
      who,
      { email: `${who}@${domain}`, email_verified: true, name: who, ...claims },
    ]),
  );
}
