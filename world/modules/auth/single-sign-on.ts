import { HttpClient, type Problem } from '../../clients/http-client';
import type { Evidence } from '../../evidence';
import type { IdentityProviders, SignOnStage } from '../../identity-provider/identity-providers';
import type { Claims } from '../../identity-provider/provider-process';
import { Network } from '../../actors/network';
import type { Person } from '../../actors/person';
import type { Tenant } from '../../actors/tenant';
import { CompanyProvider, domainOf, whoIs } from './company-provider';
import { ProviderVisit, type LetIn } from './provider-visit';

const OWNERS_PASSWORD = 'the password of an owner of a company';

interface SignOnWorld {
  readonly evidence: Evidence;
  moveTo(home: { readonly url: string; readonly operationsUrl: string }): void;
  operator(): Promise<HttpClient>;
  own<T extends Disposable | AsyncDisposable>(thing: T): T;
}

/** Companies of a scenario that sign in with providers of their own, and who comes in with them. */
export class SingleSignOn {
  /** What became of the latest attempts: `let in`, or why not. */
  outcomes: readonly string[] = [];
  /** Who was let in by them. */
  people: readonly LetIn[] = [];
  /** What somebody was refused, by whom it was tried. */
  readonly refusals = new Map<string, string>();
  readonly #companies = new Map<Tenant, CompanyProvider>();
  readonly #owners = new Map<Tenant, HttpClient>();
  #callback: URL | null = null;
  #visit: ProviderVisit | null = null;
  #half: ProviderVisit | null = null;

  constructor(
    private readonly world: SignOnWorld,
    private readonly providers: IdentityProviders,
  ) {}

  async connect(
    tenant: Tenant,
    { newPeople, lying = false }: { newPeople?: 'members' | 'refused'; lying?: boolean } = {},
  ): Promise<void> {
    const stage = await this.#stage();
    const company = new CompanyProvider(tenant, stage, await this.owner(tenant), lying);
    this.#companies.set(tenant, company);
    await company.connect(newPeople);
  }

  company(tenant: Tenant): CompanyProvider {
    const company = this.#companies.get(tenant);
    if (company === undefined) throw new Error(`${tenant.name} has connected no provider in this scenario`);
    return company;
  }

  /** Their company's provider knows them, with these claims besides. */
  employ(person: Person, claims: Claims = {}): Promise<void> {
    return this.company(person.tenant).employ(whoIs(person), { email: person.email, ...claims });
  }

  async signIn(person: Person, options: { who?: string; fresh?: boolean } = {}): Promise<LetIn | string> {
    const visit = new ProviderVisit(await this.#stage(), person);
    this.#half = visit;
    const outcome = await visit.whole(this.company(person.tenant), options);
    this.#note([outcome]);
    return outcome;
  }

  async signInTwiceAtOnce(person: Person): Promise<void> {
    const stage = await this.#stage();
    const visits = [0, 1].map(() => new ProviderVisit(stage, person).whole(this.company(person.tenant)));
    this.#note(await Promise.all(visits));
  }

  /** Until the provider has sent the browser back, which has not opened that address yet. */
  async comeHalfWay(person: Person): Promise<void> {
    const visit = new ProviderVisit(await this.#stage(), person);
    const callback = await visit.toCallback(this.company(person.tenant));
    if (typeof callback === 'string') throw new Error(`${person.name} was refused: ${callback}`);
    this.#callback = callback;
    this.#visit = visit;
  }

  async showAnswer(person: Person, how: 'again' | 'twice at once' | 'in another browser'): Promise<void> {
    const visit = this.#visit;
    const callback = this.#callback;
    if (visit === null || callback === null) throw new Error('nobody was sent back by a provider yet');
    const show = async (by = visit.browser): Promise<LetIn | string> => {
      const { handOver, refused } = await visit.answer(callback, by);
      return handOver === null ? String(refused) : visit.redeem(handOver, by);
    };
    if (how === 'twice at once') return this.#note(letInFirst(await Promise.all([show(), show()])));
    const other = new ProviderVisit(await this.#stage(), person);
    await other.toCallback(this.company(person.tenant));
    const elsewhere = how === 'in another browser' ? await show(other.browser) : await show();
    this.#note([elsewhere, await show()]);
  }

  /** Whether calls of whoever was let in last open the chat. */
  async mayChat(): Promise<boolean> {
    const { status } = await this.door(this.people.at(-1)?.accessToken).send('get', '/v1/threads');
    return status === 200;
  }

  /** Name and role of everybody at a company. */
  async peopleOf(tenant: Tenant): Promise<readonly string[]> {
    const owner = await this.owner(tenant);
    const { people } = await owner.require<{ people: { name: string; role: string }[] }>('get', '/v1/people');
    return people.map(({ name, role }) => `${name}, ${role}`);
  }

  /** What a company's trail says about the latest decision. */
  async lastReason(tenant: Tenant): Promise<string | undefined> {
    const owner = await this.owner(tenant);
    const { entries } = await owner.require<{ entries: { details: { reason?: string } }[] }>(
      'get',
      '/v1/audit?limit=1',
    );
    return entries[0]?.details.reason;
  }

  /** One of the company's own owners, whom operators have added; signed in with a password. */
  async owner(tenant: Tenant): Promise<HttpClient> {
    const known = this.#owners.get(tenant);
    if (known !== undefined) return known;
    const { url } = await this.#stage();
    const email = `owner@${domainOf(tenant)}`;
    const operator = await this.world.operator();
    const person = { name: 'The owner', email, password: OWNERS_PASSWORD, role: 'owner' };
    await operator.require('post', `/v1/operations/tenants/${await tenant.id()}/people`, person);
    const door = this.door();
    const proof = { email, password: OWNERS_PASSWORD, device: 'laptop' };
    const { accessToken } = await door.require<LetIn>('post', '/v1/sign-in', proof);
    const owner = new HttpClient(url, `an owner of ${tenant.name}`, this.world.evidence, accessToken);
    this.#owners.set(tenant, owner);
    return owner;
  }

  /** Of two companies with the same wish each claims the domain, and each tries to prove it. */
  async proveAtOnce(one: Tenant, other: Tenant, domain: string): Promise<void> {
    const { names } = await this.#stage();
    const claims = [await this.company(one).claim(domain), await this.company(other).claim(domain)];
    names.publish(`_agent-chat.${domain}`, ...claims.map(({ record }) => record.value));
    this.outcomes = await Promise.all([this.tryToProve(one, domain), this.tryToProve(other, domain)]);
  }

  async tryToProve(tenant: Tenant, domain: string): Promise<string> {
    const owner = await this.owner(tenant);
    const { status, body } = await owner.send<Problem>('put', `/v1/single-sign-on/domains/${domain}/proof`);
    return status === 200 ? 'proven' : body.code;
  }

  async tryToConnect(tenant: Tenant, issuer: string): Promise<void> {
    const { names } = await this.#stage();
    names.point('inside.example', '10.0.0.1');
    const owner = await this.owner(tenant);
    const wanted = { issuer, clientId: 'a', clientSecret: 'b', newPeople: 'members' };
    const { status, body } = await owner.send<Problem>('put', '/v1/single-sign-on', wanted);
    this.outcomes = [status < 300 ? 'connected' : body.code];
  }

  async isConnected(tenant: Tenant): Promise<boolean> {
    const owner = await this.owner(tenant);
    return (await owner.require<{ connection: object | null }>('get', '/v1/single-sign-on')).connection !== null;
  }

  stage(): Promise<SignOnStage> {
    return this.#stage();
  }

  /** The latest visit of somebody's browser. */
  get visit(): ProviderVisit {
    if (this.#half === null) throw new Error('nobody has signed in with a provider yet');
    return this.#half;
  }

  door(bearer?: string): HttpClient {
    if (this.#url === '') throw new Error('nobody has connected a provider yet');
    return new HttpClient(this.#url, 'somebody', this.world.evidence, bearer, new Network().address());
  }

  #url = '';
  #entered: Promise<SignOnStage> | null = null;

  /** From then on the people of the scenario meet the platform that may ask these providers. */
  #stage(): Promise<SignOnStage> {
    this.#entered ??= this.providers.stage().then((stage) => {
      this.world.moveTo(stage);
      this.#url = stage.url;
      stage.lying.behave();
      return stage;
    });
    return this.#entered;
  }

  #note(outcomes: readonly (LetIn | string)[]): void {
    this.people = outcomes.filter((outcome) => typeof outcome !== 'string');
    this.outcomes = outcomes.map((outcome) => (typeof outcome === 'string' ? outcome : 'let in'));
  }
}

/** Which of two at once comes through is nobody's to say. */
function letInFirst(outcomes: readonly (LetIn | string)[]): readonly (LetIn | string)[] {
  return outcomes.toSorted((one, other) => Number(typeof one === 'string') - Number(typeof other === 'string'));
}
