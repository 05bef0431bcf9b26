import { platformVariables } from '../../world/settings';
import { Worker } from './asking';
import type { ClientAnswers } from './devices/clients';
import type { Setting, Ticket } from './contestants/contestant';
import type { Kind, ServerAnswers } from './contestants/server';
import { DEVICES_OF_A_PERSON, SIZE } from './size';

/** Who takes part: how they are called in the table, and what they promise. */
export const ENTRIES = {
  ours: { kind: 'ours', setting: { stored: true, paired: true } },
  raw: { kind: 'raw', setting: { stored: false, paired: false } },
  rawPaired: { kind: 'raw', setting: { stored: false, paired: true } },
  /** The floor of what is stored and passed on: a bare commit, a Redis publish, `ws`. */
  rawStored: { kind: 'raw', setting: { stored: true, paired: true } },
  peer: { kind: 'peer', setting: { stored: false, paired: true } },
  /** Commits before it tells, as we do. */
  peerStored: { kind: 'peer', setting: { stored: true, paired: true } },
} as const satisfies Record<string, { kind: Kind; setting: Setting }>;
export type Entry = keyof typeof ENTRIES;

type Server = Worker<ServerAnswers>;
type Clients = Worker<ClientAnswers>;

/** A contestant at work: one process, or two of which the first tells. */
export interface Crew {
  readonly entry: Entry;
  readonly server: Server;
  readonly urls: readonly string[];
  readonly tickets: readonly Ticket[];
}

/** All processes of a run. */
export class Fleet implements AsyncDisposable {
  readonly #workers = new AsyncDisposableStack();
  readonly #crews = new Map<Entry, Promise<Crew>>();

  private constructor(
    readonly clients: Clients,
    private readonly env: Readonly<Record<string, string>>,
  ) {
    this.#workers.use(clients);
  }

  static async start(env: Readonly<Record<string, string>>): Promise<Fleet> {
    const clients = Worker.start<ClientAnswers>('devices/clients.ts');
    return Promise.resolve(new Fleet(clients, env));
  }

  /** One process of a contestant, with rooms for all idle connections. */
  crew(entry: Entry): Promise<Crew> {
    const known = this.#crews.get(entry) ?? this.#start(entry);
    this.#crews.set(entry, known);
    return known;
  }

  /** The same contestant with a second process, through which half of the devices are shown what the first tells. */
  async pair(entry: Entry): Promise<Crew> {
    const first = await this.crew(entry);
    if (first.urls.length > 1) return first;
    const [, url] = await this.#process(entry);
    const both = { ...first, urls: [...first.urls, url] };
    this.#crews.set(entry, Promise.resolve(both));
    return both;
  }

  /** Opens ten devices in each of the first rooms, spread over the processes; `group` names them from then on. */
  async devices({ entry, urls, tickets }: Crew, group: string, rooms: number): Promise<void> {
    for (const [place, url] of urls.entries()) {
      const mine = tickets
        .slice(0, rooms)
        .flatMap((ticket) =>
          Array.from({ length: DEVICES_OF_A_PERSON }, (_, device) => (device % urls.length === place ? ticket : null)),
        );
      const asked = mine.filter((ticket) => ticket !== null);
      await this.clients.ask('open', { group, kind: ENTRIES[entry].kind, url, tickets: asked });
    }
  }

  /** Tells every room at once, and waits until the last device has been shown the last event. */
  async round(crew: Crew, group: string, asked: { waves: number; burst: number }): Promise<Outcome> {
    const { rooms } = SIZE;
    const events = rooms * DEVICES_OF_A_PERSON * asked.waves * asked.burst;
    await this.clients.ask('expect', { group, events, timed: false });
    const reached = this.clients.ask('reached', { group, limitMs: 60_000 });
    const before = await crew.server.ask('spent', null);
    const [began, ended] = await Promise.all([crew.server.ask('waves', { rooms, ...asked }), reached]);
    const tookUs = ended - began;
    const spentUs = (await crew.server.ask('spent', null)) - before;
    return { perSecond: (events * 1e6) / tookUs, cpuUs: spentUs / events };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#workers.disposeAsync();
  }

  async #start(entry: Entry): Promise<Crew> {
    const [server, url] = await this.#process(entry);
    const rooms =
      entry === 'ours' ? SIZE.idle / DEVICES_OF_A_PERSON : Math.max(SIZE.rooms, SIZE.idle / DEVICES_OF_A_PERSON);
    return { entry, server, urls: [url], tickets: await server.ask('prepare', { rooms }) };
  }

  async #process(entry: Entry): Promise<[Server, string]> {
    const server = this.#workers.use(
      Worker.start<ServerAnswers>('contestants/server.ts', {
        ...this.env,
        ...platformVariables({ ...process.env, ...this.env }),
      }),
    );
    return [server, await server.ask('start', ENTRIES[entry])];
  }
}
export interface Outcome {
  readonly perSecond: number;
  /** Of the telling process, for each event shown. */
  readonly cpuUs: number;
}
