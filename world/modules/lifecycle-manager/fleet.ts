import { systemClock, withDeadline } from '../../../ssot/kernel';
import { eventually } from '../../eventually';
import { HttpClient } from '../../clients/http-client';
import type { Instance } from '../../operations/instance';
import { FrontDoor } from '../../operations/front-door/front-door';
import type { Person } from '../../actors/person';
import type { RevenueWorld } from '../../revenue-world';

/** As a hosting platform asks: how often, so long for an answer, and so many without one in a row. */
const PROBE = { everyMs: 2_000, limitMs: 1_000, failures: 3 };
const DEAD_WITHIN_MS = 30_000;

type World = Pick<RevenueWorld, 'operations' | 'own' | 'evidence'>;

/** The scenario's two instances behind one address, which follows what they say of themselves. */
export class Fleet {
  #door: FrontDoor | null = null;
  #isSending = false;
  #sending: Promise<void> = Promise.resolve();
  readonly #answers: number[] = [];
  /** How many instances took customers when the first device was asked to move. */
  readyWhenAsked = -1;

  constructor(private readonly world: World) {}

  async open(): Promise<void> {
    await this.openWithOne();
    await this.#addAnother();
  }

  /** The scenario's own instance alone. */
  async openWithOne(): Promise<void> {
    const { operations } = this.world;
    await operations.serve();
    this.#door = this.world.own(await FrontDoor.open());
    this.#door.add(operations.serving().url);
    await this.untilReady(1, 5_000);
  }

  /** As a deployment does: another instance takes customers, and the first is told to stop. */
  async replace(): Promise<void> {
    await this.#addAnother();
    this.world.operations.tellToStop();
  }

  get door(): FrontDoor {
    if (this.#door === null) throw new Error('there is no front door in this scenario');
    return this.#door;
  }

  /** Resolves when the front door sends people to so many instances. */
  untilReady(count: number, withinMs: number): Promise<void> {
    const { door } = this;
    return eventually(() => {
      if (door.ready !== count) throw new Error(`${door.ready} instances take customers`);
    }, withinMs);
  }

  /** So many calls through the front door, one after the other: what each was answered. */
  async call(person: Person, calls: number): Promise<readonly number[]> {
    const http = await person.http(this.door.url);
    const answers: number[] = [];
    while (answers.length < calls) answers.push((await http.send('get', '/v1/threads')).status);
    return answers;
  }

  /** From now on a customer's program asks through the front door, again and again, until `stopAsking`. */
  async keepAsking(person: Person): Promise<void> {
    const http = await person.http(this.door.url);
    this.#isSending = true;
    this.#sending = (async () => {
      while (this.#isSending) {
        this.#answers.push((await http.send('get', '/v1/threads')).status);
      }
    })();
  }

  /** Every answer that the program was given. */
  async stopAsking(): Promise<readonly number[]> {
    this.#isSending = false;
    await this.#sending;
    return this.#answers;
  }

  /** Resolves when the device is asked to move; how many instances took customers at that moment is kept. */
  async untilAskedToMove(person: Person, device: string): Promise<void> {
    const asked = (received: readonly { readonly type: string }[]): boolean => {
      const isAsked = received.some(({ type }) => type === 'restarting');
      if (isAsked && this.readyWhenAsked < 0) this.readyWhenAsked = this.door.ready;
      return isAsked;
    };
    await person.device(device).until('the request to move', asked);
  }

  /** How long whoever probes whether the instance lives has to ask until it counts as dead, ms. */
  async deadAfterMs(instance: Instance): Promise<number> {
    const began = performance.now();
    const dead = Promise.withResolvers<void>();
    let failures = 0;
    const probe = async (): Promise<void> => {
      failures = (await this.lives(instance)) ? 0 : failures + 1;
      if (failures === PROBE.failures) dead.resolve();
    };
    const probing = setInterval(() => void probe(), PROBE.everyMs);
    try {
      await Promise.all([probe(), withDeadline(systemClock, DEAD_WITHIN_MS, dead.promise)]);
      return performance.now() - began;
    } finally {
      clearInterval(probing);
    }
  }

  /** What both say of themselves, as soon as both say it, each within the time on its own clock. */
  async bothSay(limitMs: number, ready: boolean): Promise<void> {
    const { operations } = this.world;
    for (const instance of this.#instances) {
      await operations.readinessWithin(limitMs, { ready }, instance);
    }
  }

  /** Whether both would say to a hosting platform that a restart helps nothing. */
  async bothLive(): Promise<boolean> {
    const lives = await Promise.all(this.#instances.map((instance) => this.lives(instance)));
    return lives.every(Boolean);
  }

  get #instances(): readonly Instance[] {
    const { operations } = this.world;
    return [operations.serving(), operations.beside()];
  }

  /** Whether it answers in time that no restart would help. */
  async lives({ url }: Instance): Promise<boolean> {
    const probe = new HttpClient(url, 'the hosting platform', this.world.evidence);
    const answer = probe.send('get', '/health/live').then(({ status }) => status === 200);
    // No answer in time, and none at all, say the same.
    return withDeadline(systemClock, PROBE.limitMs, answer).catch(() => false);
  }

  async #addAnother(): Promise<void> {
    const { operations } = this.world;
    await operations.serveBeside();
    this.door.add(operations.beside().url);
    await this.untilReady(2, 5_000);
  }
}
