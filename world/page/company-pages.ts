import type { Problem } from '../clients/http-client';
import { HttpClient } from '../clients/http-client';
import type { Person } from '../actors/person';
import type { RevenueWorld } from '../revenue-world';
import type { Browser } from './browser';
import { AccountPage } from './account-page';
import { CompanyPage } from './company-page';

const COLLEAGUE = { name: 'Cleo', password: 'the first password of a colleague' };

/** The pages on which the people of one scenario run their companies. */
export class CompanyPages {
  secret = '';
  verdict = '';
  /** What the page listed, one after the other. */
  lists: readonly (readonly string[])[] = [];
  #page: CompanyPage | null = null;
  #domain = '';

  constructor(
    private readonly world: RevenueWorld,
    private readonly browser: Browser,
  ) {}

  get page(): CompanyPage {
    if (this.#page === null) throw new Error('nobody has opened the page of their company yet');
    return this.#page;
  }

  /** Signed in on the chat page, which leads there. */
  async signIn(person: Person): Promise<void> {
    await this.beginSignIn(person);
    await this.page.isLive();
  }

  /** Where somebody is led who cannot chat yet. */
  async beginSignIn(person: Person): Promise<void> {
    const context = this.world.own(await this.browser.context({ viewport: { width: 1100, height: 900 } }));
    this.#page = await CompanyPage.signIn(context, await this.world.platformUrl(), person, this.world.evidence);
  }

  /** Led to the page of their account, they set up the second factor that their company asks for. */
  async signInWithSetUp(person: Person): Promise<void> {
    await this.beginSignIn(person);
    await this.account.isOpen();
    await this.account.setUpSecondFactor();
  }

  async open(person: Person): Promise<void> {
    await this.signIn(person);
    await this.page.open();
  }

  async openAccount(person: Person): Promise<void> {
    await this.signIn(person);
    await this.account.open();
  }

  get account(): AccountPage {
    return new AccountPage(this.page.page);
  }

  async signInWithProvider(person: Person, who = person.name.toLowerCase()): Promise<void> {
    const { url } = await this.world.singleSignOn.stage();
    const context = this.world.own(await this.browser.context({ viewport: { width: 1100, height: 900 } }));
    const visit = { url, email: person.email, who };
    this.#page = await CompanyPage.signInWithProvider(context, visit, this.world.evidence);
  }

  async bringAndRemoveColleague(person: Person): Promise<readonly (readonly string[])[]> {
    const { page } = this;
    await page.add({ ...COLLEAGUE, email: `cleo@${person.tenant.suffix}.example`, role: 'member' });
    const added = await page.people(2);
    await page.setRole(COLLEAGUE.name, 'administrator');
    const promoted = await page.people(2);
    await page.remove(COLLEAGUE.name);
    return [added, promoted];
  }

  async verify(): Promise<void> {
    this.verdict = await this.page.verify();
  }

  async proveDomain(domain: string): Promise<void> {
    this.#domain = domain;
    const [name, value] = await this.page.claim(domain);
    (await this.world.singleSignOn.stage()).names.publish(name, value);
    await this.page.prove(domain);
  }

  /** What the page says of the domain that was to be proven, once it says so. */
  stateOfDomain(): Promise<string> {
    return this.page.stateOfDomain(this.#domain);
  }

  /** What a program with the shown secret is answered. */
  async programIs(): Promise<string> {
    const program = new HttpClient(await this.world.platformUrl(), 'the program', this.world.evidence, this.secret);
    const path = '/v1/usage/coverage?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z';
    const { status, body } = await program.send<Partial<Problem>>('get', path);
    return status === 200 ? 'let in' : String(body.code);
  }
}
