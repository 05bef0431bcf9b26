import type { Json } from '../../../ssot/kernel';
import { eventually } from '../../eventually';
import type { Answer, HttpClient, Problem } from '../../clients/http-client';
import type { Person } from '../../actors/person';

export interface ShownSetting {
  readonly key: string;
  readonly source: string;
  readonly value?: Json;
  readonly hides: readonly { readonly source: string; readonly value?: Json }[];
  readonly max?: number;
}
interface Settings {
  readonly version: number;
  readonly settings: readonly ShownSetting[];
}
interface Receipt {
  readonly version: number;
  readonly changed: readonly string[];
  readonly left: readonly string[];
  readonly repeated: boolean;
  readonly announced: string;
}
interface Recorded {
  readonly version: number;
  readonly actor: string | null;
  readonly reason: string;
  readonly at: string;
  readonly items: readonly { readonly key: string; readonly before?: Json; readonly after?: Json }[];
}
type Set = Readonly<Record<string, Json>>;
type Part = Partial<Record<'baseUrl' | 'key', string>>;

const MODEL = { provider: 'openai', model: 'gpt-4o' } as const;

/** What companies set for themselves, through the public contract, and what they are answered. */
export class CompanySettings {
  answer: Answer<Receipt & Problem> | null = null;
  /** Milliseconds from the answer to a change until it held where it was looked for. */
  tookMs: number | null = null;
  #before = '';
  #sent: { readonly body: object; readonly key: string } | null = null;
  #answeredAt = 0;

  async read(person: Person, baseUrl?: string): Promise<Settings> {
    return (await this.#client(person, baseUrl)).require<Settings>('get', '/v1/settings');
  }

  async setting(person: Person, key: string, baseUrl?: string): Promise<ShownSetting> {
    const found = (await this.read(person, baseUrl)).settings.find((one) => one.key === key);
    if (found === undefined) throw new Error(`there is no setting ${key}`);
    return found;
  }

  /** Insists on success. */
  async set(person: Person, set: Set, reason = 'agreed', part: Part = {}): Promise<void> {
    await this.tryToSet(person, { set }, reason, part);
    if (this.answer?.status !== 200) throw new Error(`refused: ${this.answer?.body.detail}`);
  }

  async tryToSet(
    person: Person,
    change: { readonly set?: Set; readonly remove?: readonly string[] },
    reason = 'agreed',
    { baseUrl, key }: Part = {},
  ): Promise<void> {
    const http = await this.#client(person, baseUrl);
    const { status, body } = await http.send<Settings>('get', '/v1/settings');
    this.#before = JSON.stringify(status === 200 ? body : null);
    await this.#send(http, { ...change, reason, expectedVersion: status === 200 ? body.version : 0 }, key);
  }

  /** From a version that was read a while ago. */
  async trySince(person: Person, expectedVersion: number, set: Set): Promise<void> {
    await this.#send(await this.#client(person), { set, reason: 'agreed', expectedVersion });
  }

  /** The same request once more, as after an answer that was lost; `other`: its key with other settings. */
  async repeat(person: Person, other?: Set): Promise<void> {
    if (this.#sent === null) throw new Error('nothing was sent yet');
    const { body, key } = this.#sent;
    await this.#send(await this.#client(person), { ...body, ...(other && { set: other }) }, key);
  }

  async restore(person: Person, toVersion: number): Promise<void> {
    const { version: expectedVersion } = await this.read(person);
    const http = await this.#client(person);
    const body = { toVersion, expectedVersion, reason: 'back to what was' };
    this.answer = await http.send<Receipt & Problem>('post', '/v1/settings/restore', body);
  }

  async history(person: Person, baseUrl?: string): Promise<readonly Recorded[]> {
    const http = await this.#client(person, baseUrl);
    return (await http.require<{ changes: readonly Recorded[] }>('get', '/v1/settings/history')).changes;
  }

  /** The newest change that somebody reads, with its first item, and how long ago it says it was made. */
  async newestChange(person: Person): Promise<{ ageMs: number; [what: string]: unknown }> {
    const [newest] = await this.history(person);
    if (newest === undefined) throw new Error('the history is empty');
    const { actor, reason, at, items } = newest;
    const { key, before, after } = items[0] ?? {};
    return {
      actor,
      reason,
      key,
      before: JSON.stringify(before),
      after: JSON.stringify(after),
      ageMs: Date.now() - Date.parse(at),
    };
  }

  /** Whether the company has what it had before the last change was tried. */
  async isAsBefore(person: Person): Promise<boolean> {
    return JSON.stringify(await this.read(person)) === this.#before;
  }

  /** What a colleague is answered who wants to read settings, change one, take a change back, and read the history. */
  async tryEverything(person: Person): Promise<readonly Problem[]> {
    const http = await this.#client(person);
    const why = { expectedVersion: 0, reason: 'because I can' };
    const answers = [
      await http.send<Problem>('get', '/v1/settings'),
      await http.send<Problem>('patch', '/v1/settings', { ...why, set: { 'model.wording': false } }),
      await http.send<Problem>('post', '/v1/settings/restore', { ...why, toVersion: 0 }),
      await http.send<Problem>('get', '/v1/settings/history'),
    ];
    return answers.map(({ body }) => body);
  }

  /** So many threads of theirs, opened through each of these instances in turn: each has gone by the limit in force until then. */
  async openThreads(person: Person, count: number, baseUrls: readonly string[]): Promise<void> {
    const clients = await Promise.all(baseUrls.map((baseUrl) => this.#client(person, baseUrl)));
    for (let opened = 0; opened < count; opened++) {
      const title = `Week ${opened + 1}`;
      await (clients[opened % clients.length] as HttpClient).require('post', '/v1/threads', { title });
    }
  }

  /** Waits until an instance opens them no thread more than so many, and notes how long that took. */
  async untilItAllows(person: Person, threads: number, baseUrl: string, limitMs: number): Promise<void> {
    const http = await this.#client(person, baseUrl);
    await eventually(async () => {
      const { body } = await http.send<Partial<Problem>>('post', '/v1/threads', { title: 'One more' });
      if (!body.detail?.startsWith(`You have ${threads} threads, as many as you may have.`))
        throw new Error(body.detail ?? 'there it is opened');
      this.tookMs = performance.now() - this.#answeredAt;
    }, limitMs);
  }

  /** One call of a model with so many input tokens, reported by an administrator. */
  async use(person: Person, inputTokens: number): Promise<void> {
    const at = new Date(Date.now() - 3_600_000).toISOString();
    const call = {
      ...MODEL,
      feature: 'search',
      status: 'completed',
      cachedInputTokens: 0,
      outputTokens: 0,
      latencyMs: 5,
    };
    const events = [{ ...call, eventId: 'the-only-one', at, inputTokens, background: false }];
    await (await person.http()).require('post', '/v1/usage', { events });
  }

  /** A price for a million input tokens of the same model. */
  priceOf(amount: string): Set {
    const from = new Date(Date.now() - 30 * 86_400_000).toISOString();
    const perMillion = { input: amount, cachedInput: amount, output: amount };
    return { 'analytics.negotiatedPrices': [{ ...MODEL, from, currency: 'USD', perMillion }] };
  }

  async #send(http: HttpClient, body: object, key = `change-${Math.random()}`): Promise<void> {
    this.#sent = { body, key };
    this.answer = await http.send<Receipt & Problem>('patch', '/v1/settings', body, { 'idempotency-key': key });
    this.#answeredAt = performance.now();
  }

  #client(person: Person, baseUrl?: string): Promise<HttpClient> {
    return person.http(baseUrl);
  }
}
