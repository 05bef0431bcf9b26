import { readFileSync } from 'node:fs';
import type { BrowserContext, Page } from 'playwright-core';
import type { Evidence } from '../evidence';
import type { Person } from '../actors/person';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** Of CSS pixels, as the narrower of today's phones have. */
const PHONE = { width: 390, height: 844 };
/** Runs in the page. */
const BEYOND_THE_SCREEN = `[...document.querySelectorAll('body *')]
  .filter((element) => element.checkVisibility() && !element.closest('.unseen'))
  .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
  .map((element) => element.outerHTML.slice(0, 100))`;

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string }[];
}

/** The page on which administrators run their company, in a tab of their browser; used by what is written on it. */
export class CompanyPage {
  readonly #errors: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly evidence: Evidence,
    private readonly actor: string,
  ) {
    page.on('pageerror', (error) => this.#errors.push(error.message));
  }

  /** Signs in on the chat page, wherever that leads. */
  static async signIn(context: BrowserContext, url: string, person: Person, evidence: Evidence): Promise<CompanyPage> {
    await person.register();
    const opened = new CompanyPage(await context.newPage(), evidence, person.name);
    await opened.page.goto(url);
    await opened.page.getByLabel('E-mail').fill(person.email);
    await opened.page.getByLabel('Password').fill(person.password);
    await opened.page.getByRole('button', { name: 'Sign in', exact: true }).click();
    return opened;
  }

  /** Signs in with the company's provider, which asks who somebody is. */
  static async signInWithProvider(
    context: BrowserContext,
    { url, email, who }: { readonly url: string; readonly email: string; readonly who: string },
    evidence: Evidence,
  ): Promise<CompanyPage> {
    const opened = new CompanyPage(await context.newPage(), evidence, who);
    const { page } = opened;
    await page.goto(url);
    await page.getByLabel('E-mail').fill(email);
    await page.getByRole('button', { name: 'Use my company’s sign-in' }).click();
    await page.getByLabel('Who are you?').fill(who);
    await page.getByRole('button', { name: 'Sign in' }).click();
    return opened;
  }

  /** What the chat page says in its place for refusals, once it says something. */
  async refusal(): Promise<string> {
    const told = this.page.locator('#sign-in .refusal');
    await told.filter({ hasText: /./ }).waitFor();
    return told.innerText();
  }

  async isLive(): Promise<void> {
    await this.page.getByText('Live', { exact: true }).waitFor();
  }

  get address(): string {
    return this.page.url();
  }

  async open(): Promise<void> {
    await this.page.getByRole('link', { name: 'Company', exact: true }).click();
    await this.page.getByRole('heading', { level: 2, name: 'Audit trail' }).waitFor();
    await this.page.locator('#audit tbody tr').first().waitFor();
  }

  hasLink(): Promise<boolean> {
    return this.page.getByRole('link', { name: 'Company', exact: true }).isVisible();
  }

  /** Name and role of everybody, once so many are listed. */
  async people(count: number): Promise<readonly string[]> {
    const rows = this.page.locator('#people .rows li');
    await rows.nth(count - 1).waitFor();
    const names = await rows.locator('b').allInnerTexts();
    const roles = await Promise.all(names.map((_, i) => rows.nth(i).locator('select').inputValue()));
    return names.map((name, i) => `${name}, ${roles[i]}`);
  }

  async add(person: { name: string; email: string; password: string; role: string }): Promise<void> {
    this.evidence.note('person', this.actor, `adds ${person.name}`);
    await this.page.getByText('Add somebody').click();
    const form = this.page.locator('#people form');
    await form.getByLabel('Name').fill(person.name);
    await form.getByLabel('E-mail').fill(person.email);
    await form.getByLabel('First password').fill(person.password);
    await form.getByLabel('Role').selectOption(person.role);
    await form.getByRole('button', { name: 'Add' }).click();
  }

  async setRole(name: string, role: string): Promise<void> {
    const answered = this.page.waitForResponse((response) => response.url().endsWith('/role'));
    await this.page.getByLabel(`Role of ${name}`).selectOption(role);
    await answered;
  }

  async remove(name: string): Promise<void> {
    await this.page.getByRole('button', { name: `Remove ${name}`, exact: true }).click();
    const sure = this.page.getByRole('button', { name: `Remove for good: ${name}` });
    await sure.click();
    await sure.waitFor({ state: 'detached' });
  }

  /** Makes a key and answers the secret that the page shows. */
  async makeKey(name: string, scope: string): Promise<string> {
    await this.page.getByText('Make a key').click();
    await this.page.getByLabel('What is it for?').fill(name);
    await this.page.getByLabel(scope).check();
    await this.page.getByRole('button', { name: 'Make it' }).click();
    const secret = this.page.locator('#keys .secret code');
    await secret.waitFor();
    return secret.innerText();
  }

  async revokeKey(name: string): Promise<void> {
    const revoke = this.page.getByRole('button', { name: `Revoke the key ${name}` });
    await revoke.click();
    await revoke.waitFor({ state: 'detached' });
  }

  async verify(): Promise<string> {
    await this.page.getByRole('button', { name: 'Verify it' }).click();
    const verdict = this.page.locator('#audit .verdict');
    await verdict.filter({ hasText: /./ }).waitFor();
    return verdict.innerText();
  }

  /** Claims a domain and answers the record that is to be published. */
  async claim(domain: string): Promise<readonly [name: string, value: string]> {
    await this.page.getByLabel('Another domain').fill(domain);
    await this.page.getByRole('button', { name: 'Claim it' }).click();
    const codes = this.page.locator('#sign-on .rows li', { hasText: domain }).locator('code');
    await codes.first().waitFor();
    const [name = '', value = ''] = await codes.allInnerTexts();
    return [name, value];
  }

  async prove(domain: string): Promise<void> {
    const prove = this.page.getByRole('button', { name: `Prove ${domain}` });
    await prove.click();
    await prove.waitFor({ state: 'detached' });
  }

  /** What stands beside the domain. */
  stateOfDomain(domain: string): Promise<string> {
    return this.page.locator('#sign-on .rows li', { hasText: domain }).locator('p.quiet').innerText();
  }

  /** What may be bad for people who use the page in another way: of what is serious. */
  async barriers(): Promise<readonly string[]> {
    const found = await this.page.evaluate(`${AXE}; axe.run().then(({ violations }) => violations)`);
    return (found as readonly Violation[])
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 100)).join(' | ')}`);
  }

  async turnToPhone(): Promise<void> {
    await this.page.setViewportSize(PHONE);
  }

  /** Back, to the place where a question is written: whoever has no thread yet is shown it at once. */
  async openChat(): Promise<void> {
    await this.page.getByRole('link', { name: 'Back to the chat' }).click();
    await this.page.getByRole('button', { name: 'Ask', exact: true }).waitFor();
  }

  /** What does not lie within the width of the screen. */
  async cutOff(): Promise<readonly string[]> {
    return this.page.evaluate<readonly string[]>(BEYOND_THE_SCREEN);
  }

  get errors(): readonly string[] {
    return this.#errors;
  }
}
