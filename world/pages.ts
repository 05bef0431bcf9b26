import type { ThreadId } from '../ssot/kernel';
import type { Browser } from './browser';
import { ChatPage } from './chat-page';
import { FaultProxy } from './fault-proxy';
import { HttpClient } from './http-client';
import { linesOnThePage } from './page-story';
import type { Person } from './person';
import type { RevenueWorld } from './revenue-world';

/** The first bytes of an answer: its line breaks in the middle of one of the first events. */
const HALF_WAY_BYTES = 900;

/** The chat pages that the people of one scenario have open. */
export class Pages {
  readonly #open = new Map<Person, ChatPage[]>();
  #network: FaultProxy | null = null;
  #token: Promise<string> | null = null;

  constructor(
    private readonly world: RevenueWorld,
    private readonly browser: Browser,
  ) {}

  /** Opens a tab on the page, signed out. */
  async open(person: Person, address?: string): Promise<ChatPage> {
    const tabs = this.#open.get(person) ?? [];
    const name = `${person.name}, tab ${tabs.length + 1}`;
    const context = await this.browser.context({ viewport: { width: 1100, height: 760 } });
    const page = await ChatPage.open(
      context,
      address ?? (await this.world.platformUrl()),
      name,
      this.world.evidence,
      (picture, fileName) => this.world.attach(picture, { mediaType: 'image/jpeg', fileName }),
    );
    this.world.own(page);
    this.#open.set(person, [...tabs, page]);
    return page;
  }

  async signIn(person: Person, address?: string): Promise<ChatPage> {
    await person.register();
    const page = await this.open(person, address);
    this.#token = page.nextToken();
    await page.signIn(person.email, person.password);
    await page.signedIn();
    return page;
  }

  /** Signs in and shows the thread, creating it on the page when it is not there yet. */
  async openThread(person: Person, title: string, address?: string): Promise<ChatPage> {
    const page = await this.signIn(person, address);
    if (this.#open.get(person)?.length === 1) await page.createThread(title);
    else await page.openThread(title);
    person.threads.set(title, new URL(page.address).hash.slice(1) as ThreadId);
    return page;
  }

  /** Behind a network that can break. */
  async openThreadOnTheWay(person: Person, title: string): Promise<ChatPage> {
    this.#network = this.world.own(await FaultProxy.open(await this.world.platformUrl()));
    return this.openThread(person, title, this.#network.url);
  }

  breakHalfWay(): void {
    this.#onTheWay().cutAfterBytes(HALF_WAY_BYTES, 'received');
  }

  restoreNetwork(): void {
    this.#onTheWay().restore();
  }

  of(person: Person, tab = 1): ChatPage {
    const page = this.#open.get(person)?.[tab - 1];
    if (page === undefined) throw new Error(`${person.name} has no such tab open`);
    return page;
  }

  /** The stored story of their thread, once it has ended, as the page must write it. */
  async expected(person: Person): Promise<readonly string[]> {
    return linesOnThePage(await person.storedAnswer());
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
    const door = new HttpClient(url, `${person.name}'s token`, this.world.evidence, (await this.#token) ?? '');
    const { status, body } = await door.send<{ code: string }>('get', '/v1/me');
    return status === 200 ? 'known' : body.code;
  }

  #onTheWay(): FaultProxy {
    if (this.#network === null) throw new Error('no page of this scenario is behind a network that can break');
    return this.#network;
  }
}
