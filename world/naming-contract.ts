import { plans } from '../ssot/configuration-manager';
import { createIdSource, type IdKind, type IdSource } from '../ssot/id-manager';
import { createThreads } from '../ssot/websocket-manager';
import {
  noMetrics,
  silentLogger,
  systemClock,
  systemRandom,
  vouchFor,
  type Clock,
  type TenantContext,
  type ThreadId,
} from '../ssot/kernel';
import type { Answer, Problem } from './http-client';
import type { NamingHost } from './naming';
import type { Person } from './person';

const FORM = /^(tenant|user|session|thread|run|event|call|conn)_[0-7][0-9a-hjkmnp-tv-z]{25}$/;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;
/** What each field of the public contract names; an event's own name stands in `id`. */
const KIND_OF: Readonly<Record<string, IdKind>> = {
  tenantId: 'tenant',
  userId: 'user',
  sessionId: 'session',
  threadId: 'thread',
  runId: 'run',
  callId: 'call',
  connectionId: 'conn',
  id: 'event',
};

/** Names as they are seen from outside, through the platform's public contract. */
export class NamesInContract {
  answers: Answer<Partial<Problem>>[] = [];
  searched: { wrong: string[]; kinds: string[] } | null = null;
  listed: string[] = [];
  found: { threadId?: string; code?: string } = {};
  readonly opened: ThreadId[] = [];
  #context: TenantContext | null = null;

  constructor(private readonly world: NamingHost) {}

  /** Fields of everything a person's devices and calls were given that hold no name of the documented form. */
  async searchGiven(person: Person): Promise<void> {
    const http = await person.http();
    const calls = await Promise.all([
      http.send('get', '/v1/me'),
      http.send('get', '/v1/threads'),
      http.send('get', `/v1/runs/${person.latestRun}`),
      person.signIn(),
    ]);
    const seen = { wrong: [] as string[], kinds: new Set<string>() };
    collect([calls, [...person.devices.values()].map((device) => device.received)], '', seen);
    this.searched = { wrong: seen.wrong, kinds: [...seen.kinds].sort() };
  }

  /** Sends a name where another is expected, at the door where that is asked for. */
  async sendWhere(person: Person, expected: 'thread' | 'run' | 'tenant', name: string): Promise<void> {
    const http = await person.http();
    if (expected === 'tenant') {
      const operator = await this.world.operator();
      const body = { name: 'Eve', email: 'eve@acme.example', password: 'x'.repeat(20), role: 'member' };
      this.answers.push(await operator.send('post', `/v1/operations/tenants/${name}/people`, body));
    } else {
      this.answers.push(await http.send('get', `/v1/${expected}s/${encodeURIComponent(name)}`));
    }
  }

  get refusals(): { code: string | undefined; field: string | undefined }[] {
    return this.answers.map(({ body }) => ({ code: body.code, field: body.field }));
  }

  /** Tries the same on another company's thread and on one that never was. */
  async tryBoth(intruder: Person, act: 'open' | 'delete' | 'follow live', real: ThreadId): Promise<void> {
    const never = this.world.connections.ids.next('thread');
    const http = await intruder.http();
    for (const thread of [real, never]) {
      if (act === 'follow live') {
        const device = await intruder.openDevice(`device ${this.answers.length}`);
        device.say({ type: 'subscribe', threadId: thread, afterSeq: 0 });
        await device.until('an answer', (received) => received.some(({ type }) => type !== 'welcome'));
        const body = device.received.filter(({ type }) => type !== 'welcome') as unknown as Partial<Problem>;
        this.answers.push({ status: 0, body, headers: {} });
      } else {
        this.answers.push(await http.send(act === 'open' ? 'get' : 'delete', `/v1/threads/${thread}`));
      }
    }
  }

  /** The two answers without what each request carries of its own. */
  get bothAnswers(): string[] {
    return this.answers.map(({ status, body }) =>
      JSON.stringify({ status, body })
        .replace(/"(id|at|ref)":"[^"]*",?/g, '')
        .replace(/thread_\w{26}/g, 'the thread'),
    );
  }

  async findConversationOf(person: Person, run: string): Promise<void> {
    const answer = await (await person.http()).send<{ threadId?: string; code?: string }>('get', `/v1/runs/${run}`);
    this.found = { threadId: answer.body.threadId, code: answer.body.code } as { threadId?: string; code?: string };
  }

  /** Opens threads one after the other, through each of the instances in turn. */
  async openInTurn(person: Person, titles: readonly string[], urls: readonly string[]): Promise<void> {
    for (const [i, title] of titles.entries()) await person.openThread(title, urls[i % urls.length]);
  }

  async list(person: Person): Promise<void> {
    const http = await person.http();
    const { threads } = await http.require<{ threads: { title: string }[] }>('get', '/v1/threads');
    this.listed = threads.map(({ title }) => title);
  }

  /** A thread opened by an instance whose clock is ahead, between two that were opened at the right time. */
  async openBetween(aheadMs: number): Promise<void> {
    const { ids } = this.world.connections;
    const early: Clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
    const future = createIdSource({ clock: early, random: systemRandom, log: silentLogger, metrics: noMetrics });
    const now = systemClock.now();
    for (const [i, source] of [ids, future, ids].entries()) {
      const threads = await this.#threads(source, now + i);
      this.opened.push((await threads.create(this.#owner, 'a thread')).threadId);
    }
  }

  async listAndRead(): Promise<void> {
    const threads = await this.#threads(this.world.connections.ids, systemClock.now());
    this.listed = (await threads.list(this.#owner, { limit: 10 })).map(({ threadId }) => threadId);
    this.found = { threadId: (await threads.get(this.#owner, this.opened[1] as ThreadId)).threadId };
  }

  async #threads(ids: IdSource, at: number): Promise<ReturnType<typeof createThreads>> {
    const clock = { ...systemClock, now: () => at };
    return createThreads({ db: await this.world.connections.database(), clock, ids, plans });
  }

  get #owner(): TenantContext {
    const { ids } = this.world.connections;
    return (this.#context ??= vouchFor({
      tenantId: ids.next('tenant'),
      userId: ids.next('user'),
      plan: 'enterprise',
      permissions: ['chat:use'],
    }));
  }
}

function collect(value: unknown, key: string, seen: { wrong: string[]; kinds: Set<string> }): void {
  if (typeof value === 'string') {
    const kind = KIND_OF[key];
    if (kind === undefined) {
      if (UUID.test(value)) seen.wrong.push(`${key}: a UUID`);
      return;
    }
    if (!FORM.test(value) || !value.startsWith(`${kind}_`)) seen.wrong.push(`${key}: ${value}`);
    seen.kinds.add(kind);
  } else if (Array.isArray(value)) {
    for (const item of value) collect(item, key, seen);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) collect(item, name, seen);
  }
}
