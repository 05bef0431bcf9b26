import type { ChatDevice, Received } from '../../clients/chat-device';
import type { Answer, Problem } from '../../clients/http-client';
import type { IdentifiersHost, IdUser } from './host';
import type { IdFault } from './id-faults';
import { idsIn, type FoundIds } from './wire-ids';

export type Resource = 'thread' | 'run' | 'company';
export type Attempt = 'open' | 'follow live' | 'delete';

export interface Refusal {
  readonly code: string;
  readonly field: string | undefined;
  readonly message: string;
}

/** What people ask for by its id, through the platform's public contract, and what they are answered. */
export class IdRequests {
  refusal: Refusal | null = null;
  found: FoundIds | null = null;
  /** The thread that a run belongs to, as the platform says. */
  threadOfRun: string | undefined;
  /** Two answers to compare: about somebody else's, and about what never was. */
  answers: string[] = [];
  #isOnConnection = false;

  constructor(private readonly host: IdentifiersHost) {}

  /** The code of this fault: a connection has one for every message that is not as published. */
  codeOf(fault: IdFault): string {
    return this.#isOnConnection ? 'invalid_message' : fault.code;
  }

  /** Only an operator asks for a company by its id; the public contract has no other way to name one. */
  async ask(user: IdUser | 'operator', resource: Resource, id: string): Promise<void> {
    this.refusal = refusalIn(await this.#send(user, resource, id));
  }

  async #send(user: IdUser | 'operator', resource: Resource, id: string): Promise<Answer<Partial<Problem>>> {
    if (user !== 'operator') return (await user.http()).send('get', `/v1/${resource}s/${encodeURIComponent(id)}`);
    if (resource !== 'company') throw new Error('an operator asks for companies only');
    const person = { name: 'Eve', email: 'eve@acme.example', password: 'x'.repeat(20), role: 'member' };
    return (await this.host.operator()).send('post', `/v1/operations/tenants/${encodeURIComponent(id)}/people`, person);
  }

  async follow(device: ChatDevice, id: string): Promise<void> {
    this.#isOnConnection = true;
    const before = device.controls('error').length;
    device.say({ type: 'subscribe', threadId: id, afterSeq: 0 });
    await device.until('a refusal', () => device.controls('error').length > before);
    this.refusal = refusalOn(device.controls('error').at(-1) as Received);
  }

  /** Looks through all that a person's calls and devices were given. */
  async search(user: IdUser): Promise<void> {
    const http = await user.http();
    const answers = await Promise.all([
      http.send('get', '/v1/me'),
      http.send('get', '/v1/threads'),
      http.send('get', `/v1/runs/${user.latestRun}`),
      user.signIn(),
    ]);
    this.found = idsIn([answers, [...user.devices.values()].map((device) => device.received)]);
  }

  async openRun(user: IdUser): Promise<void> {
    const { body } = await (await user.http()).send<{ threadId?: string }>('get', `/v1/runs/${user.latestRun}`);
    this.threadOfRun = body.threadId;
  }

  /** Tries the same on somebody else's thread or run, and on one that never was. */
  async tryBoth(intruder: IdUser, attempt: Attempt, kind: 'thread' | 'run', id: string): Promise<void> {
    for (const one of [id, this.host.connections.ids.next(kind)]) {
      this.answers.push(shown(await this.#try(intruder, attempt, kind, one), one));
    }
  }

  async #try(intruder: IdUser, attempt: Attempt, kind: 'thread' | 'run', id: string): Promise<unknown> {
    const http = await intruder.http();
    if (attempt !== 'follow live') {
      const { status, body } = await http.send(attempt === 'open' ? 'get' : 'delete', `/v1/${kind}s/${id}`);
      return { status, body };
    }
    const device = await intruder.openDevice(`device ${this.answers.length}`);
    device.say({ type: 'subscribe', threadId: id, afterSeq: 0 });
    await device.until('an answer', (received) => received.some(({ type }) => type !== 'welcome'));
    return device.received.filter(({ type }) => type !== 'welcome');
  }
}

function refusalIn({ status, body }: Answer<Partial<Problem>>): Refusal | null {
  if (status < 400) return null;
  return { code: body.code ?? '', field: body.field, message: body.detail ?? '' };
}

function refusalOn(error: Received): Refusal {
  const { code, field, message } = (error as { data: { code: string; field?: string; message: string } }).data;
  return { code, field, message };
}

/** An answer without what each request carries of its own. */
function shown(answer: unknown, id: string): string {
  return JSON.stringify(answer)
    .replace(/"(id|at|ref)":"[^"]*",?/g, '')
    .replaceAll(id, 'the one asked for');
}
