import type { ThreadId } from '../../ssot/kernel';
import type { BrowserContext, Page } from 'playwright-core';
import type { Browser } from './browser';
import { ChatPage } from './chat-page';
import { eventually } from '../eventually';
import { FaultProxy } from '../operations/fault-proxy';
import { HttpClient } from '../clients/http-client';
import { PageConnections } from './page-connections';
import { linesOnThePage } from './shown-story';
import type { Person } from '../actors/person';
import type { RevenueWorld } from '../revenue-world';

/** The first bytes of an answer: its connection breaks in the middle of one of the first events. */
const HALF_WAY_BYTES = 900;
/** When a tab that is asked to move does so at the latest. */
const LONGEST_SPREAD_MS = 4_000;

/** The chat pages that the people of one scenario have open. */
export class Pages {
  readonly #open = new Map<Person, ChatPage[]>();
  #network: FaultProxy | null = null;
  #connections: PageConnections | null = null;
  #meddles = false;
  #isStorageBlocked = false;
  #token: Promise<string> | null = null;

  constructor(
    private readonly world: RevenueWorld,
    private readonly browser: Browser,
  ) {}

  /** Opens a tab on the page, signed out; in a browser of its own, or `beside` the tabs of another one. */
  async open(person: Person, address?: string, beside?: BrowserContext): Promise<ChatPage> {
    const tabs = this.#open.get(person) ?? [];
    const name = `${person.name}, tab ${tabs.length + 1}`;
    const page = await ChatPage.open(
      beside ?? (await this.#newBrowser()),
      address ?? (await this.world.platformUrl()),
      name,
      this.world.evidence,
      (picture, fileName) => this.world.attach(picture, { mediaType: 'image/jpeg', fileName }),
      (onItsWay) => this.#prepare(onItsWay),
    );
    this.world.own(page);
    this.world.time.runsIn((ms) => page.letPass(ms));
    this.#open.set(person, [...tabs, page]);
    return page;
  }

  /** Signs in without waiting for what becomes of it. */
  async trySignIn(person: Person, address?: string, beside?: BrowserContext): Promise<ChatPage> {
    await person.register();
    const page = await this.open(person, address, beside);
    this.#token = page.nextToken();
    await page.signIn(person.email, person.password);
    return page;
  }

  async signIn(person: Person, address?: string, beside?: BrowserContext): Promise<ChatPage> {
    const page = await this.trySignIn(person, address, beside);
    await page.signedIn();
    return page;
  }

  /** In the tab where they have signed out. */
  async signInAgain(person: Person): Promise<void> {
    await this.of(person).signIn(person.email, person.password);
    await this.of(person).signedIn();
  }

  async signInOnPhone(person: Person): Promise<void> {
    await this.signIn(person, undefined, await this.#newBrowser({ width: 390, height: 844 }));
  }

  /** Signs in, and opens a second tab of the same browser at the same address. */
  async signInAndOpenAnother(person: Person): Promise<void> {
    const browser = await this.#newBrowser();
    const first = await this.signIn(person, undefined, browser);
    await this.open(person, first.address, browser);
  }

  /** The thread in two tabs of one browser, of which the second was opened from the first. */
  async openThreadBeside(person: Person, title: string): Promise<void> {
    const browser = await this.#newBrowser();
    const first = await this.openThread(person, title, undefined, browser);
    const second = await this.open(person, first.address, browser);
    await second.isOpen(title);
    await second.signedIn();
  }

  /** Signs in and shows the thread, which is there already or is made before. */
  async openThread(person: Person, title: string, address?: string, beside?: BrowserContext): Promise<ChatPage> {
    await person.openThread(title);
    const page = await this.signIn(person, address, beside);
    await page.openThread(title);
    return page;
  }

  /** From here on browsers keep nothing for pages. */
  blockStorage(): void {
    this.#isStorageBlocked = true;
  }

  /** The thread that is open on their page is the one of this title. */
  noteThread(person: Person, title: string): void {
    person.threads.set(title, new URL(this.of(person).address).hash.slice(1) as ThreadId);
  }

  /** At the scenario's own instance. */
  openThreadThere(person: Person, title: string): Promise<ChatPage> {
    return this.openThread(person, title, this.world.operations.serving().url);
  }

  /** Waits until a thread of this title has opened by itself. */
  async opened(person: Person, title: string): Promise<void> {
    await this.of(person).isOpen(title);
    this.noteThread(person, title);
  }

  /** Once a page that was opened anew has written so many answers: where the newest report begins, and what typing fills. */
  async openedAnew(person: Person, answers: number): Promise<{ reportAt: number; focused: string | null }> {
    await this.answered(person, 1, answers);
    const { tools } = this.of(person);
    return { reportAt: await tools.newestReportAt(), focused: await tools.focused() };
  }

  /** On connections that can be meddled with (`connections`). */
  async openThreadOnConnections(person: Person, title: string): Promise<ChatPage> {
    this.#connections = new PageConnections();
    return this.openThread(person, title);
  }

  /** The same behind a front door with one instance, which can be replaced. */
  async openThreadBehindDoor(person: Person, title: string): Promise<ChatPage> {
    await this.world.fleet.openWithOne();
    this.#connections = new PageConnections();
    return this.openThread(person, title, this.world.fleet.door.url);
  }

  /** Another instance takes its place; the connection that their page opens for it does not stand before `connections.release`. */
  async replaceInstance(person: Person): Promise<void> {
    this.connections.holdBackNew();
    await this.world.fleet.replace();
    await eventually(() => assertThat(this.connections.isAskedToMove, 'the page was not asked to move'), 5_000);
    await this.of(person).letPass(LONGEST_SPREAD_MS);
    await eventually(() => assertThat(this.connections.isMoving, 'the page has opened no other connection'));
  }

  /** Puts a script into each page that is opened from now on. */
  meddle(): void {
    this.#meddles = true;
  }

  get connections(): PageConnections {
    if (this.#connections === null)
      throw new Error('no page of this scenario has connections that can be meddled with');
    return this.#connections;
  }

  /** Behind a network that can break. */
  async openThreadOnTheWay(person: Person, title: string): Promise<ChatPage> {
    this.#network = this.world.own(await FaultProxy.open(await this.world.platformUrl()));
    return this.openThread(person, title, this.#network.url);
  }

  /** Asks, and loses the network when the answer has begun to arrive; part of it is missing on the page. */
  async breakHalfWay(person: Person, text: string): Promise<void> {
    this.#onTheWay().cutAfterBytes(HALF_WAY_BYTES, 'received');
    await this.of(person).ask(text);
    await this.of(person).connectionIs('Connection lost');
    const [all, shown] = [await this.expected(person), await this.of(person).story()];
    if (shown.length >= all.length) throw new Error(`the page shows all ${all.length} lines`);
  }

  restoreNetwork(): void {
    this.#onTheWay().restore();
  }

  of(person: Person, tab = 1): ChatPage {
    const page = this.#open.get(person)?.[tab - 1];
    if (page === undefined) throw new Error(`${person.name} has no such tab open`);
    return page;
  }

  /** The stored story of their thread with this many questions, once it has ended, as the page must write it. */
  async expected(person: Person, questions?: number): Promise<readonly string[]> {
    const lines = linesOnThePage(await person.storedAnswer());
    const asked = lines.filter((line) => line.startsWith('question:')).length;
    if (questions !== undefined && asked !== questions) throw new Error(`${asked} questions are stored`);
    return lines;
  }

  /** What the page has written once it says that `count` questions are over. */
  async answered(person: Person, tab = 1, count = 1): Promise<readonly string[]> {
    const page = this.of(person, tab);
    await page.answered(count);
    return page.story();
  }

  /** Ends the sign-in of the page from elsewhere. */
  async endSignIn(person: Person): Promise<void> {
    const url = await this.world.platformUrl();
    const elsewhere = new HttpClient(url, `${person.name}, elsewhere`, this.world.evidence, (await this.#token) ?? '');
    await elsewhere.require('post', '/v1/sign-out');
  }

  /** `known`, or the reason why the newest token of a page is worth nothing. */
  async tokenIs(person: Person): Promise<string> {
    const url = await this.world.platformUrl();
    const client = new HttpClient(url, `${person.name}'s token`, this.world.evidence, (await this.#token) ?? '');
    const { status, body } = await client.send<{ code: string }>('get', '/v1/me');
    return status === 200 ? 'known' : body.code;
  }

  async #prepare(page: Page): Promise<void> {
    await this.#connections?.watch(page);
    if (this.#isStorageBlocked) await page.addInitScript(forbidStorage);
    if (!this.#meddles) return;
    await page.route(/\/$/, async (route) => {
      const response = await route.fetch();
      const script = '<head><script>globalThis.meddled = true</script>';
      await route.fulfill({ response, body: (await response.text()).replace('<head>', script) });
    });
  }

  async #newBrowser(viewport = { width: 1100, height: 760 }): Promise<BrowserContext> {
    return this.world.own(await this.browser.context({ viewport }));
  }

  #onTheWay(): FaultProxy {
    if (this.#network === null) throw new Error('no page of this scenario is behind a network that can break');
    return this.#network;
  }
}

function assertThat(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

/** Runs in the page: as in a browser that was told to keep nothing. */
function forbidStorage(): void {
  for (const name of ['localStorage', 'sessionStorage']) {
    Object.defineProperty(globalThis, name, {
      get: () => {
        throw new DOMException('The operation is insecure.', 'SecurityError');
      },
    });
  }
}
