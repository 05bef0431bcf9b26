import { ChatDevice } from '../../clients/chat-device';
import type { Cast } from '../../actors/cast';
import type { Evidence } from '../../evidence';
import type { HttpClient, Problem } from '../../clients/http-client';
import type { LyingProvider } from '../../identity-provider/lying-provider';
import type { Person } from '../../actors/person';
import type { Tenant } from '../../actors/tenant';
import { ProviderVisit, type LetIn } from './provider-visit';
import type { SecondFactors } from './second-factor';
import type { SingleSignOn } from './single-sign-on';

interface RulesWorld {
  readonly cast: Cast;
  readonly evidence: Evidence;
  readonly factors: SecondFactors;
  readonly singleSignOn: SingleSignOn;
  operator(): Promise<HttpClient>;
  own<T extends Disposable | AsyncDisposable>(thing: T): T;
}

/** What companies decide about their sign-ins, and what strangers and providers try. */
export class SignOnRules {
  /** Who was answered first stands first. */
  finished: readonly string[] = [];
  #letIn: LetIn | null = null;
  #laptop: ChatDevice | null = null;

  constructor(private readonly world: RulesWorld) {}

  /** A provider that knows Dana, and is changed like that once it is connected. */
  async connectTo(tenant: Tenant, change: (provider: LyingProvider) => void): Promise<void> {
    const { lying } = await this.world.singleSignOn.stage();
    await this.world.singleSignOn.connect(tenant, { lying: true });
    this.#knows(lying, this.world.cast.person('Dana'));
    change(lying);
  }

  async heal(person: Person): Promise<void> {
    const { lying } = await this.world.singleSignOn.stage();
    lying.behave();
    this.#knows(lying, person);
  }

  async race(...people: readonly Person[]): Promise<void> {
    const finished: string[] = [];
    const stage = await this.world.singleSignOn.stage();
    await Promise.all(
      people.map(async (person) => {
        const visit = new ProviderVisit(stage, person);
        const outcome = await visit.whole(this.world.singleSignOn.company(person.tenant));
        finished.push(`${person.name}: ${typeof outcome === 'string' ? outcome : 'let in'}`);
      }),
    );
    this.finished = finished;
  }

  unverify(person: Person): Promise<void> {
    return this.world.singleSignOn.employ(person, { email_verified: false });
  }

  /** Somebody else has the e-mail at first, and is let in; then Dana gets it. */
  async signInAsPredecessor(person: Person): Promise<void> {
    const { singleSignOn } = this.world;
    await singleSignOn.company(person.tenant).employ('predecessor', { email: person.email });
    const outcome = await singleSignOn.signIn(person, { who: 'predecessor' });
    if (typeof outcome === 'string') throw new Error(`the predecessor was refused: ${outcome}`);
  }

  async registerElsewhere({ email, password }: Person): Promise<void> {
    const operator = await this.world.operator();
    const tenantId = await this.world.cast.tenant('Birch').id();
    const stranger = { name: 'A stranger', email, password, role: 'member' };
    await operator.require('post', `/v1/operations/tenants/${tenantId}/people`, stranger);
  }

  /** Olga, who has a second factor, comes in with the provider and closes the other ways. */
  async enforce(tenant: Tenant): Promise<void> {
    const { singleSignOn, factors, cast } = this.world;
    const olga = cast.person('Olga');
    const userId = await olga.register();
    await factors.setUp(olga);
    await singleSignOn.employ(olga);
    const outcome = await singleSignOn.signIn(olga, { fresh: true });
    if (typeof outcome === 'string') throw new Error(`Olga of ${tenant.name} was refused: ${outcome}`);
    const door = singleSignOn.door(outcome.accessToken);
    await door.require('put', '/v1/single-sign-on/enforcement', { emergencyOwner: userId });
  }

  /** What their password, and the renewal of their earlier sign-in, are answered. */
  async otherWays(person: Person): Promise<readonly string[]> {
    const { refreshToken } = await person.signIn();
    const door = await person.client();
    const { email, password } = person;
    const answers = [
      await door.send<Problem>('post', '/v1/sign-in', { email, password, device: 'laptop' }),
      await door.send<Problem>('post', '/v1/sign-in/renew', { refreshToken, device: 'laptop' }),
    ];
    return answers.map(({ status, body }) => (status === 200 ? 'let in' : body.code));
  }

  async lastWasEmergency(tenant: Tenant): Promise<boolean> {
    const owner = await this.world.singleSignOn.owner(tenant);
    type Entries = { entries: { action: string; details: { emergency?: string } }[] };
    const { entries } = await owner.require<Entries>('get', '/v1/audit?limit=1');
    return entries[0]?.action === 'sign_in' && entries[0].details.emergency === 'yes';
  }

  async claimOnly(tenant: Tenant): Promise<void> {
    const { singleSignOn } = this.world;
    const domain = `other-${tenant.suffix}.example`;
    await singleSignOn.company(tenant).claim(domain);
    singleSignOn.outcomes = [await singleSignOn.tryToProve(tenant, domain)];
  }

  async signInAndConnect(person: Person): Promise<void> {
    const { singleSignOn, evidence } = this.world;
    const outcome = await singleSignOn.signIn(person);
    if (typeof outcome === 'string') throw new Error(`${person.name} was refused: ${outcome}`);
    this.#letIn = outcome;
    this.#laptop = this.world.own(new ChatDevice('laptop', person.name, evidence));
    await this.#laptop.connect((await singleSignOn.stage()).url, outcome.accessToken);
  }

  /** At the provider itself, which tells the platform. */
  async signOutThere(person: Person): Promise<void> {
    const { singleSignOn } = this.world;
    const { issuer } = singleSignOn.company(person.tenant);
    await singleSignOn.visit.browser.signOut(issuer);
  }

  /** What a call is answered, and how the connection was closed. */
  async laptopIs(): Promise<readonly [call: string, closed: number | null]> {
    const door = this.world.singleSignOn.door(this.#letIn?.accessToken);
    const { status, body } = await door.send<Problem>('get', '/v1/me');
    return [status === 200 ? 'known' : body.code, this.#laptop?.closed?.code ?? null];
  }

  async remove(tenant: Tenant, person: Person): Promise<void> {
    if (this.#letIn === null) throw new Error(`${person.name} has not signed in with a provider`);
    const owner = await this.world.singleSignOn.owner(tenant);
    await owner.require('delete', `/v1/people/${this.#letIn.userId}`);
  }

  #knows(lying: LyingProvider, { email }: Person): void {
    lying.claims = { sub: 'dana', email, email_verified: true };
  }
}
