import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { ThreadEvent, ThreadId } from '../ssot/kernel';
import { HttpClient } from './http-client';
import { flood, FLOODERS, type Flood, type Flooder, type Target, type Wave } from './operations/floods';
import type { Person } from './person';
import type { RevenueWorld } from './revenue-world';

/** So many sign in at once, because an instance sends away a crowd that wants its passwords checked at one moment. */
const AT_ONCE = 4;

/** Somebody else's flood at the scenario's own instance, and how long a customer waits meanwhile. */
export class Floods {
  /** Milliseconds that a sign-in took, and an answer from its question to its end. */
  waited: { readonly signInMs: number; readonly answerMs: number } | null = null;

  constructor(private readonly world: RevenueWorld) {}

  /** The customer signs in on another device and asks on the open one, while wave after wave arrives. */
  async workMeanwhile(person: Person, question: string, kind: Flood): Promise<void> {
    const { url } = this.world.operations.serving();
    const target = {
      url,
      flooders: kind === '400 queued questions' ? await this.#gather(url) : [await this.#one(url)],
    };
    const done = new AbortController();
    const flooding = this.#flood(kind, target, done.signal, await flood(kind, target));
    try {
      this.waited = await this.#wait(person, question, url);
    } finally {
      done.abort();
      await flooding;
      if (kind === '400 queued questions') await Promise.all(target.flooders.map((one) => this.#stopAsking(one, url)));
    }
  }

  /** The next wave comes as soon as the last one has been answered for. */
  async #flood(kind: Flood, target: Target, done: AbortSignal, first: Wave): Promise<void> {
    const isDone = once(done, 'abort');
    for (let wave = first; ; wave = await flood(kind, target)) {
      if (!done.aborted) await Promise.race([wave.over, isDone]);
      this.world.evidence.note('http', 'the flood', `${kind}: ${JSON.stringify(wave.end())}`);
      if (done.aborted) return;
    }
  }

  async #wait(person: Person, question: string, url: string): Promise<{ signInMs: number; answerMs: number }> {
    const began = performance.now();
    const { email, password } = person;
    await (await person.door(undefined, url)).require('post', '/v1/sign-in', { email, password, device: 'tablet' });
    const signedIn = performance.now();
    await person.ask(question);
    await person.seeAnswerOn(person.anyDevice());
    return { signInMs: signedIn - began, answerMs: performance.now() - signedIn };
  }

  /** What is left of a flood of questions would be answered by the next scenario's instances. */
  async #stopAsking({ token, threadId }: Flooder, url: string): Promise<void> {
    const http = new HttpClient(url, 'a flooder', this.world.evidence, token);
    const path = `/v1/threads/${threadId}/events?limit=1000`;
    const { events } = await http.require<{ events: ThreadEvent[] }>('get', path);
    const waiting = events.filter(({ type }) => type === 'user_message');
    for (const { runId } of waiting.toReversed()) await http.require('post', `/v1/runs/${runId}/cancel`);
  }

  async #one(url: string): Promise<Flooder> {
    const leo = this.world.cast.person('Leo');
    return { token: (await leo.signIn()).accessToken, threadId: await leo.openThread('Flood', url) };
  }

  /** Twenty people of a large company, each with a thread. */
  async #gather(url: string): Promise<readonly Flooder[]> {
    const { evidence, operations } = this.world;
    const operator = await this.world.operator(operations.serving().operationsUrl);
    const suffix = randomBytes(6).toString('hex');
    const company = { name: 'Flood', plan: 'enterprise' };
    const { tenantId } = await operator.require<{ tenantId: string }>('post', '/v1/operations/tenants', company);
    const gathered: Flooder[] = [];
    const one = async (place: number): Promise<void> => {
      const [email, password] = [`person-${place}@${suffix}.example`, randomBytes(18).toString('base64url')];
      const person = { name: `Person ${place}`, email, password, role: 'member' };
      await operator.require('post', `/v1/operations/tenants/${tenantId}/people`, person);
      const door = new HttpClient(url, email, evidence);
      const body = { email, password, device: 'laptop' };
      const { accessToken } = await door.require<{ accessToken: string }>('post', '/v1/sign-in', body);
      const http = new HttpClient(url, email, evidence, accessToken);
      const { threadId } = await http.require<{ threadId: ThreadId }>('post', '/v1/threads', { title: 'Flood' });
      gathered.push({ token: accessToken, threadId });
    };
    for (let from = 0; from < FLOODERS; from += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, (_, at) => one(from + at)));
    }
    return gathered;
  }
}
