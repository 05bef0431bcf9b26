import { randomBytes } from 'node:crypto';
import { usageFromTemplate } from '../../world/sample-usage/template';
import { pause, systemClock, type TenantId, type ThreadEvent, type ThreadId, type UserId } from '../../ssot/kernel';
import { reconnectDelay } from '../../platform/page/connection/reconnect.mjs';
import { ChatDevice } from '../../world/clients/chat-device';
import { Evidence } from '../../world/evidence';
import { HttpClient } from '../../world/clients/http-client';
import type { Instance } from '../../world/operations/instance';
import { isEnding } from '../../world/clients/event-order';

const COMPANIES = 4;
const AT_ONCE = 4;
/** What an open device may wait for; far longer than a run may take. */
const PATIENCE_MS = 150_000;

/** Where a device finds an instance that serves; `turn` spreads devices and tries. */
export type Door = (turn: number) => string;

/** Where an instance serves people, and operators. */
export type Doors = Pick<Instance, 'url' | 'operationsUrl'>;

export interface Member {
  readonly email: string;
  readonly password: string;
  accessToken: string;
  readonly tenantId: TenantId;
  readonly userId: UserId;
}

/** People of four companies, one of which has a month of usage and so gets long stories, made through the operators' door. */
export async function gather(people: number, at: Doors, operatorKey: string): Promise<readonly Member[]> {
  const members: Member[] = [];
  for (let company = 0; company < COMPANIES; company += 1) {
    const size = Math.floor(people / COMPANIES) + (company < people % COMPANIES ? 1 : 0);
    members.push(...(await gatherCompany(size, at, operatorKey, { withUsage: company === 0 })));
  }
  return members;
}

/** So many people of one company, the first of them its administrator. `byPerson`: its usage says whose each call was. */
export async function gatherCompany(
  size: number,
  { url, operationsUrl }: Doors,
  operatorKey: string,
  { withUsage, byPerson = false }: { readonly withUsage: boolean; readonly byPerson?: boolean },
): Promise<readonly Member[]> {
  const operator = new HttpClient(operationsUrl, 'operator', new Evidence(), operatorKey);
  const suffix = randomBytes(6).toString('hex');
  const { tenantId } = await operator.require<{ tenantId: TenantId }>('post', '/v1/operations/tenants', {
    name: `Company ${suffix}`,
    plan: 'enterprise',
  });
  const members: Member[] = [];
  for (let place = 0; place < size; place += 1) {
    const password = randomBytes(18).toString('base64url');
    const email = `person-${place}@${suffix}.example`;
    const role = place === 0 ? 'administrator' : 'member';
    const path = `/v1/operations/tenants/${tenantId}/people`;
    const { userId } = await operator.require<{ userId: UserId }>('post', path, {
      ...{ name: `Person ${place}`, email, password, role },
    });
    members.push({ email, password, accessToken: '', tenantId, userId });
  }
  const [administrator] = members;
  const people = byPerson ? members.map(({ userId }) => userId) : [];
  if (withUsage && administrator !== undefined) await bringUsage(administrator, url, suffix, people);
  return members;
}

async function bringUsage(member: Member, url: string, ids: string, people: readonly UserId[]): Promise<void> {
  await signIn(member, url);
  const http = new HttpClient(url, member.email, new Evidence(), member.accessToken);
  const events = usageFromTemplate({ asOf: new Date(), ids, people });
  for (let from = 0; from < events.length; from += 1_000) {
    await http.require('post', '/v1/usage', { events: events.slice(from, from + 1_000) });
  }
}

/** A few at a time, because an instance sends away a crowd that wants its passwords checked at once. */
export async function signInAll(members: readonly Member[], url: string, from?: string): Promise<void> {
  for (let first = 0; first < members.length; first += AT_ONCE) {
    await Promise.all(members.slice(first, first + AT_ONCE).map((member) => signIn(member, url, from)));
  }
}

/** `from`: the network they come from, where it matters. */
export async function signIn(member: Member, url: string, from?: string): Promise<void> {
  const { email, password } = member;
  const door = new HttpClient(url, email, new Evidence(), undefined, from);
  const body = { email, password, device: 'benchmark' };
  member.accessToken = (await door.require<{ accessToken: string }>('post', '/v1/sign-in', body)).accessToken;
}

/** A device that follows one thread whatever happens to its connection: it comes back as it is advised to, and resumes. */
export class Follower {
  readonly #device: ChatDevice;
  #attempt = 0;
  #isDone = false;
  readonly #lasting: Promise<void>;
  /** Resolves once it has caught up for the first time. */
  readonly ready: Promise<void>;
  /** How often its connection was lost. */
  losses = 0;

  constructor(
    readonly threadId: ThreadId,
    private readonly place: number,
    private readonly member: Member,
    private readonly door: Door,
  ) {
    this.#device = new ChatDevice(`device ${place}`, member.email, new Evidence());
    const first = Promise.withResolvers<void>();
    this.ready = first.promise;
    this.#lasting = this.#last(first.resolve);
    this.#lasting.catch(first.reject);
  }

  /** Every event as it came, doubled ones too. */
  get received(): readonly ThreadEvent[] {
    return this.#device.story(this.threadId);
  }

  ask(text: string): void {
    const clientMessageId = randomBytes(9).toString('base64url');
    this.#device.say({ type: 'send_message', threadId: this.threadId, clientMessageId, text });
  }

  async until(what: string, wanted: (story: readonly ThreadEvent[]) => boolean): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    // Asked seldom: four hundred followers wait at once, on the machine that is being measured.
    while (!wanted(this.received)) {
      if (performance.now() > end) throw new Error(`${this.member.email} waited in vain for ${what}`);
      await pause(systemClock, 100);
    }
  }

  async ended(): Promise<void> {
    await this.until('the ending', (story) => story.some(isEnding));
  }

  async close(): Promise<void> {
    this.#isDone = true;
    await this.#device.lose();
    await this.#lasting;
  }

  async #last(caughtUp: () => void): Promise<void> {
    while (!this.#isDone) {
      try {
        await this.#device.connect(this.door(this.place + this.#attempt), this.member.accessToken);
        await this.#device.follow(this.threadId, this.received.at(-1)?.seq ?? 0);
        this.#attempt = 0;
        caughtUp();
        await this.#device.until('the loss of its connection', () => this.#device.closed !== null, PATIENCE_MS);
      } catch (loss) {
        if (this.#isDone) return;
        // A connection that does not answer is given up for good, before the next one is opened.
        await this.#device.lose();
        this.#device.closed ??= { code: 1006, reason: String(loss) };
      }
      if (this.#isDone) return;
      this.losses += 1;
      const wait = reconnectDelay((this.#attempt += 1), this.#device.closed?.code ?? 1006, Math.random);
      if (wait === 'stop') throw new Error(`${this.member.email} was sent away: ${this.#device.closed?.reason}`);
      await pause(systemClock, wait);
    }
  }
}
