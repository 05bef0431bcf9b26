import type { BrowserContext, Locator, Page } from 'playwright-core';
import { eventually } from '../eventually';
import type { Evidence } from '../evidence';
import { PageTools } from './page-tools';

/** What browsers say about answers and connections that did not come; the page itself tells people about them. */
const NETWORK = /^(Failed to load resource|WebSocket connection to)/;

/** The chat page in one tab of somebody's browser, used as a person uses it: by what is written on it. */
export class ChatPage implements AsyncDisposable {
  /** What went wrong in the page itself. */
  readonly #errors: string[] = [];
  readonly tools: PageTools;
  #unanswered = 0;
  #connections = 0;
  #welcomes = 0;

  private constructor(
    private readonly page: Page,
    private readonly actor: string,
    private readonly evidence: Evidence,
    private readonly keep: (picture: Buffer, name: string) => void,
  ) {
    this.tools = new PageTools(page);
    page.on('pageerror', (error) => this.#errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !NETWORK.test(message.text())) this.#errors.push(message.text());
    });
    page.on('request', () => (this.#unanswered += 1));
    for (const ended of ['requestfinished', 'requestfailed'] as const)
      page.on(ended as 'requestfinished', () => (this.#unanswered -= 1));
    page.on('websocket', (connection) => {
      this.#connections += 1;
      evidence.note('socket', actor, 'connection opened');
      connection.on('framereceived', ({ payload }) => {
        if (payload.includes('"type":"welcome"')) this.#welcomes += 1;
      });
      connection.on('close', () => evidence.note('socket', actor, 'connection closed'));
    });
  }

  static async open(
    context: BrowserContext,
    address: string,
    actor: string,
    evidence: Evidence,
    keep: (picture: Buffer, name: string) => void,
    onItsWay: (page: Page) => Promise<void>,
  ): Promise<ChatPage> {
    const page = await context.newPage();
    await page.clock.install();
    await onItsWay(page);
    const opened = new ChatPage(page, actor, evidence, keep);
    await page.goto(address);
    evidence.note('person', actor, 'opens the chat page');
    return opened;
  }

  async signIn(email: string, password: string): Promise<void> {
    this.evidence.note('person', this.actor, `signs in as ${email}`);
    await this.page.getByLabel('E-mail').fill(email);
    await this.page.getByLabel('Password').fill(password);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
  }

  /** Waits for the field, so that a page that asks for no code is noticed. */
  async showCode(code: string): Promise<void> {
    await this.page.getByLabel('Code of your app').fill(code);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
  }

  async signedIn(): Promise<void> {
    await this.#status('Live').waitFor();
  }

  /** Asks without having opened a thread, and waits for the one that the question begins. */
  async begin(text: string): Promise<void> {
    await this.page.getByRole('link', { name: 'New thread' }).click();
    await this.isOpen('What would you like to know?');
    await this.ask(text);
    await this.page.waitForURL(/#thread_/);
  }

  async openThread(title: string): Promise<void> {
    await this.page.getByRole('link', { name: title }).click();
    await this.isOpen(title);
  }

  /** Waits until the thread is open. */
  async isOpen(title: string): Promise<void> {
    await this.page.getByRole('heading', { level: 1, name: title }).waitFor();
  }

  async goTo(address: string): Promise<void> {
    this.evidence.note('person', this.actor, `opens ${address}`);
    await this.page.goto(address);
  }

  get address(): string {
    return this.page.url();
  }

  async ask(text: string): Promise<void> {
    this.evidence.note('person', this.actor, `asks ${text}`);
    await this.page.getByLabel('Your question').fill(text);
    await this.page.getByLabel('Your question').press('Enter');
  }

  /** Writes it and does not ask. */
  async write(text: string): Promise<void> {
    await this.page.getByLabel('Your question').fill(text);
  }

  async written(): Promise<string> {
    return this.page.getByLabel('Your question').inputValue();
  }

  async press(button: string): Promise<void> {
    this.evidence.note('person', this.actor, `presses ${button}`);
    await this.page.getByRole('button', { name: button }).click();
  }

  /** Of each report of the thread, whether its figures have a row of this name; waits until one has. */
  async answersWithRow(name: string): Promise<readonly boolean[]> {
    const row = this.page.getByRole('rowheader', { name, exact: true });
    await row.waitFor();
    const reports = await this.page.locator('.report').all();
    return Promise.all(
      reports.map(async (report) => (await report.getByRole('rowheader', { name, exact: true }).count()) > 0),
    );
  }

  async pressTwice(button: string): Promise<void> {
    this.evidence.note('person', this.actor, `presses ${button} twice`);
    await this.page.getByRole('button', { name: button }).dblclick();
  }

  /** The questions that have not arrived, each with what is said about it. */
  async unsent(): Promise<readonly string[]> {
    return this.page.locator('.unsent :is(h2, p)').allInnerTexts();
  }

  async stop(): Promise<void> {
    await this.page.getByText('reading', { exact: true }).waitFor();
    this.evidence.note('person', this.actor, 'stops the answer');
    await this.page.getByRole('button', { name: 'Stop' }).first().click();
  }

  async reload(): Promise<void> {
    this.evidence.note('person', this.actor, 'reloads the page');
    await this.page.reload();
  }

  /** Until the page says how it went: other tabs hear of it before the platform does. */
  async signOut(): Promise<void> {
    this.evidence.note('person', this.actor, 'signs out');
    await this.page.getByRole('button', { name: 'Sign out' }).click();
    await this.toldAboveSignIn();
  }

  /** Waits until the text stands somewhere on the page, and fails after 10 seconds. */
  async says(text: string): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }

  /** What is the matter with its connection, once it says so. */
  async trouble(): Promise<string> {
    const words = this.page.locator('#trouble:not(:empty)');
    await words.waitFor();
    return words.innerText();
  }

  async hasNoTrouble(): Promise<void> {
    await this.page.locator('#trouble:empty').waitFor({ state: 'attached' });
  }

  async connectionIs(words: string): Promise<void> {
    await this.#status(words).waitFor();
  }

  /** Waits until it is connected and nothing is the matter with it. */
  async isLive(): Promise<void> {
    await this.connectionIs('Live');
    await this.hasNoTrouble();
  }

  async isLiveAfter(ms: number): Promise<void> {
    await this.letPass(ms);
    await this.isLive();
  }

  /** To the page of one's own account, where nothing else is to be had. */
  async leadsToSecondFactor(): Promise<void> {
    await this.page.getByRole('button', { name: 'Set it up' }).waitFor();
  }

  async asksToSignIn(): Promise<void> {
    await this.page.getByRole('button', { name: 'Sign in' }).waitFor();
  }

  /** The same, as it stands now. */
  async complaint(): Promise<string> {
    return this.page.locator('#sign-in .refusal').innerText();
  }

  /** The sentence above the sign-in form. */
  async toldAboveSignIn(): Promise<string> {
    const sentence = this.page.locator('#sign-in .refusal:not(:empty)');
    await sentence.waitFor();
    return sentence.innerText();
  }

  async threads(): Promise<readonly string[]> {
    return this.page.locator('#threads li a span').allInnerTexts();
  }

  /** The same once so many are listed and nothing else is asked for. */
  async threadsInTheEnd(count: number): Promise<readonly string[]> {
    return eventually(async () => {
      const titles = await this.threads();
      if (titles.length < count || this.#unanswered > 0) throw new Error(`${titles.length} are listed`);
      return titles;
    });
  }

  /** Whether a script ran that was put into the page on its way (see `Pages.meddle`), and how many the page forbade. */
  async foreignScripts(): Promise<{ hasRun: boolean; forbidden: number }> {
    const hasRun = await this.page.evaluate<boolean>("'meddled' in globalThis");
    const own = this.#errors.filter((error) => !error.includes('Content Security Policy'));
    const forbidden = this.#errors.length - own.length;
    this.#errors.splice(0, Infinity, ...own);
    return { hasRun, forbidden };
  }

  /** The words of an answer that failed. */
  async failure(): Promise<string> {
    return this.page.locator('.failure p').innerText();
  }

  /** Waits for this many endings. */
  async answered(count = 1): Promise<void> {
    await this.page
      .locator('.run.over')
      .nth(count - 1)
      .waitFor();
  }

  /** The open thread, line by line as it is written there (see `linesOnThePage` for the stored story's side). */
  async story(): Promise<readonly string[]> {
    return this.page.locator('.story').evaluate(readStory);
  }

  async questions(): Promise<readonly string[]> {
    return (await this.story()).flatMap((line) => /^question: (.*)$/.exec(line)?.[1] ?? []);
  }

  /** How many elements there are that only markup from a text could have made. */
  async foreignElements(): Promise<number> {
    return this.page.locator('.story :is(img, b, script, a)').count();
  }

  /** Lets time pass on the tab's own clock: what has become due happens at once. */
  async letPass(ms: number): Promise<void> {
    await this.page.clock.fastForward(ms);
  }

  /** How many connections it has opened by the time that it has been welcomed once more, on whichever of them. */
  connectionsUntilRenewed(): Promise<number> {
    return eventually(() => {
      if (this.#welcomes < 2) throw new Error(`it was welcomed ${this.#welcomes} times`);
      return this.#connections;
    });
  }

  /** The token that the next sign-in is answered with, as whoever looks over the person's shoulder would see it. */
  nextToken(): Promise<string> {
    const answer = this.page.waitForResponse((response) => response.url().endsWith('/v1/sign-in'));
    return answer.then(async (response) => ((await response.json()) as { accessToken: string }).accessToken);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.keep(await this.page.screenshot({ type: 'jpeg', quality: 60 }), `${this.actor}'s page at the end`);
    await this.page.close();
    if (this.#errors.length > 0) throw new Error(`the page of ${this.actor} is broken: ${this.#errors.join('\n')}`);
  }

  #status(words: string): Locator {
    return this.page.locator('#connection').getByText(words);
  }
}

/** An element, as far as the story is read; the suite's own types know no document. */
interface Shown {
  readonly className: string;
  readonly textContent: string | null;
  querySelector(selector: string): Shown | null;
  querySelectorAll(selector: string): Iterable<Shown>;
}

/** Runs in the page. */
function readStory(story: Shown): string[] {
  const all = (within: Shown, selector: string, name: string): string[] =>
    [...within.querySelectorAll(selector)].map((found) => `${name}: ${found.textContent}`);
  const step = (within: Shown): string => {
    const outcome = within.querySelector('.outcome');
    return outcome === null
      ? `thought: ${within.querySelector('p')?.textContent}`
      : `reading: ${outcome.className.split(' ')[1]}`;
  };
  const row = (within: Shown): string => {
    const cells = ['Feature', 'Model', 'Provider', 'Spent', 'Saves'].map((name) => `[data-column="${name}"]`);
    const written = cells.flatMap((cell) => within.querySelector(cell)?.textContent ?? []);
    return `row: ${written.join(', ')}`;
  };
  return [...story.querySelectorAll('.run')].flatMap((run) => [
    ...all(run, '.question h2', 'question'),
    ...[...run.querySelectorAll('.steps > li')].map(step),
    ...all(run, '.report h3', 'report'),
    ...[...(run.querySelector('.report table:has([data-column="Model"])')?.querySelectorAll('tbody tr') ?? [])].map(
      row,
    ),
    ...all(run, '.failure p', 'failure'),
    ...all(run, '.run > .notice', 'notice'),
  ]);
}
