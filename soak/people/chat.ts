import { pause, systemClock, type ThreadEvent, type ThreadId } from '../../ssot/kernel';
import { disorderIn, gapsIn, isEnding } from '../../world/clients/event-order';
import { LiveDevice } from './live-device';
import type { Person } from './people';
import type { Seeded } from '../seeded';

const QUESTION = 'How can we cut our AI spending?';
/** A question that was not shown as an entry by then is sent again under its own name, as the page does. */
const SHOWN_WITHIN_MS = 10_000;
const ENDED_WITHIN_MS = 150_000;

/** What became of one question: how long until the start and the end were shown, and its story. */
export interface Asked {
  readonly startMs: number;
  readonly answerMs: number;
  readonly story: readonly ThreadEvent[];
}

/** One person with one tab who asks, reads the answer to its end, thinks and asks again. */
export class Chat {
  readonly events: ThreadEvent[] = [];
  readonly device: LiveDevice;
  /** Names of the questions that were sent. */
  readonly asked: string[] = [];
  #watch: (() => void) | null = null;

  constructor(
    readonly person: Person,
    url: string,
    readonly threadId: ThreadId,
    private readonly random: Seeded,
    private readonly thinkMs: number,
  ) {
    const onShown = (event: ThreadEvent): void => {
      this.events.push(event);
      this.#watch?.();
    };
    this.device = new LiveDevice({ url, token: () => person.accessToken, threadId, random: random.fork(), onShown });
  }

  /** Ends with the answer to the last question. */
  async talk(until: AbortSignal): Promise<void> {
    await pause(systemClock, this.random.fraction() * this.thinkMs);
    while (!until.aborted) {
      await this.ask();
      await pause(systemClock, this.random.between(0.5, 1.5) * this.thinkMs);
    }
  }

  renew(): void {
    this.device.say({ type: 'renew', token: this.person.accessToken });
  }

  /** Everything in which what was shown differs from what is stored, and in which an answer was not told whole and once. */
  wrongs(stored: readonly ThreadEvent[]): readonly string[] {
    const shown = new Set(this.events.map(({ id }) => id));
    const known = new Set(stored.map(({ id }) => id));
    const runs = Map.groupBy(stored, ({ runId }) => runId);
    const questions = stored.filter(({ type }) => type === 'user_message').length;
    return [
      ...this.device.disorder,
      ...gapsIn(stored).map((gap) => `stored: ${gap}`),
      ...stored.filter(({ id }) => !shown.has(id)).map(({ seq, type }) => `event ${seq} (${type}) was not shown`),
      ...this.events.filter(({ id }) => !known.has(id)).map(({ seq }) => `event ${seq} was shown and is not stored`),
      ...[...runs.values()].flatMap((run) => disorderIn(run)),
      ...(questions === this.asked.length ? [] : [`${this.asked.length} questions were sent, ${questions} are stored`]),
    ].map((wrong) => `${this.threadId}: ${wrong}`);
  }

  /** Returns with the ending, or when there is none in all the time that an answer may take. */
  async ask(): Promise<Asked> {
    const clientMessageId = `question-${this.asked.length + 1}`;
    this.asked.push(clientMessageId);
    const began = performance.now();
    const entry = (): ThreadEvent | undefined =>
      this.events.find((event) => event.type === 'user_message' && event.data.clientMessageId === clientMessageId);
    while (entry() === undefined) {
      this.device.say({ type: 'send_message', threadId: this.threadId, clientMessageId, text: QUESTION });
      await this.#until(() => entry() !== undefined, SHOWN_WITHIN_MS);
    }
    const own = (): ThreadEvent[] => this.events.filter(({ runId }) => runId === entry()?.runId);
    await this.#until(() => own().some(({ type }) => type === 'agent_started'), ENDED_WITHIN_MS);
    const startMs = performance.now() - began;
    await this.#until(() => own().some(isEnding), ENDED_WITHIN_MS);
    return { startMs, answerMs: performance.now() - began, story: own() };
  }

  async #until(isSo: () => boolean, limitMs: number): Promise<void> {
    if (isSo()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#watch = () => {
      if (isSo()) resolve();
    };
    const limit = setTimeout(resolve, limitMs);
    await promise;
    clearTimeout(limit);
    this.#watch = null;
  }
}
