import { PlatformError, type EventDraft, type Id, type Random } from '../ssot/kernel';
import {
  assertSerializable,
  CHAT_CODES,
  ChatError,
  cursorNext,
  canTransition,
  nextInSequence,
  type Cursor,
  type CursorAction,
  type ChatCode,
  type CursorSignal,
  type ConnectionState,
  type RunSequence,
} from '../ssot/websocket-manager';
import { numbered } from './delivery-numbers';
import { inAnyWeather } from './delivery-weather';
import { RunInWords } from './delivery-words';

type Names = ConstructorParameters<typeof RunInWords>[0] & { next(kind: 'thread'): Id<'thread'> };

/** The rules of stories and of numbers, tried without any line or store. */
export class DeliveryRules {
  readonly #run: RunInWords;
  #sequence: RunSequence;
  #refused = '';
  refusal: { code: string; field?: string; message: string; retryable: boolean } | null = null;
  done: readonly string[] = [];

  constructor(private readonly names: Names) {
    this.#run = new RunInWords(names);
    const threadId = names.next('thread');
    this.#sequence = { runId: this.#run.runId, threadId, phase: 'initial', openCalls: [] };
  }

  /** Throws when the words themselves make no story. */
  told(words: string): void {
    for (const draft of this.#run.all(words)) this.#tell(draft);
    if (this.#refused !== '') throw new Error(`"${words}" is no story: ${this.#refused}`);
  }

  tellNext(words: string): void {
    const of = ' of another run';
    const draft = words.endsWith(of)
      ? this.#run.one(words.slice(0, -of.length), this.names.next('run'))
      : this.#run.one(words);
    this.#tell(draft);
  }

  /** `started, with A open` or why not. */
  get verdict(): string {
    if (this.#refused !== '') return this.#refused;
    return `${this.#sequence.phase}, with ${this.#run.wordsFor(this.#sequence.openCalls)} open`;
  }

  #tell(draft: EventDraft): void {
    const next = nextInSequence(this.#sequence, draft);
    if ('reason' in next) this.#refused = `${next.reason}: ${next.message}`;
    else this.#sequence = next;
  }

  /** Hands an event in, with one part of it set to a value (`undefined` leaves it out). */
  handIn(kind: string, path: string, value: unknown): void {
    const draft = this.#run.one(kind) as object as Record<string, unknown>;
    const steps = path.split('.');
    const last = steps.pop() as string;
    const into = steps.reduce((part, step) => part[step] as Record<string, unknown>, draft);
    if (value === LEFT_OUT) delete into[last];
    else into[last] = value;
    try {
      assertSerializable(draft as object as EventDraft);
    } catch (refusal) {
      if (!(refusal instanceof PlatformError)) throw refusal;
      const { code, field, message, retryable } = refusal;
      this.refusal = { code, message, retryable, ...(field === undefined ? {} : { field }) };
    }
  }

  /** What a device that has been told up to `sent` is sent when these things happen one after the other. */
  follow(sent: number, signals: string): void {
    let cursor: Cursor = { sent, reading: false, readAgain: false, owesCaughtUp: false };
    const done: string[] = [];
    for (const words of signals.split('; ')) {
      const next = cursorNext(cursor, signalIn(words));
      cursor = next.cursor;
      done.push(...next.actions.map(wordsFor));
    }
    this.done = done;
  }

  /** Throws when a device is served wrongly in any of so many mixes. */
  meetAnyWeather(mixes: number): void {
    inAnyWeather(mixes);
  }

  lookThroughRefusals(): void {
    const codes = Object.keys(CHAT_CODES) as ChatCode[];
    this.done = codes.filter((code) => new ChatError(code, 'looked at').retryable);
  }

  lineMoves(now: ConnectionState, next: ConnectionState): void {
    this.done = [canTransition(now, next) ? 'moves' : 'stays'];
  }
}

export type { ConnectionState };
export const LEFT_OUT = Symbol('left out');

/** Always the same share, of 1 at most. */
export function luck(share: number): Random {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, Math.min(2 ** 32 - 1, Math.round(share * 2 ** 32)));
  return { bytes: () => bytes };
}

const SIGNALS: readonly (readonly [RegExp, (numbers: readonly number[]) => CursorSignal])[] = [
  [/^the device asks$/, () => ({ type: 'asked' })],
  [/^perhaps there is more$/, () => ({ type: 'notified', head: null, events: [] })],
  [/^(\d+) is announced$/, ([head = 0]) => ({ type: 'notified', head, events: [] })],
  [
    /^(\d+) is announced with (\d+) to (\d+)$/,
    ([head = 0, from = 0, to = 0]) => ({ type: 'notified', head, events: numbered(from, to) }),
  ],
  [/^nothing is found up to (\d+)$/, ([headSeq = 0]) => ({ type: 'page', events: [], headSeq })],
  [
    /^(\d+) to (\d+) of (\d+) are found$/,
    ([from = 0, to = 0, headSeq = 0]) => ({ type: 'page', events: numbered(from, to), headSeq }),
  ],
  [/^looking fails$/, () => ({ type: 'page_failed' })],
];

function signalIn(words: string): CursorSignal {
  for (const [form, signal] of SIGNALS) {
    const found = form.exec(words);
    if (found !== null) return signal(found.slice(1).map(Number));
  }
  throw new Error(`Nothing that happens to a device is called "${words}".`);
}

function wordsFor(action: CursorAction): string {
  switch (action.type) {
    case 'read':
      return `look after ${action.afterSeq}`;
    case 'send':
      return `show ${action.events.map(({ seq }) => seq).join(' ')}`;
    case 'caught_up':
      return `caught up at ${action.seq}`;
  }
}
