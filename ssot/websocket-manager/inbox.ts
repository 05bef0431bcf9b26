import type { RawData, WebSocket } from 'ws';
import type { Clock, ThreadId } from '../kernel';
import { readClientMessage, type ClientMessage } from './client-message';
import { ChatError } from './errors';
import { Window } from './windows';

const PAUSE_AT = 32;
const FRAMES_A_SECOND = 50;
const REFUSALS_A_MINUTE = 10;

/** Who is told what a device said. */
export interface Listener {
  readonly isOpen: boolean;
  obey(message: ClientMessage): Promise<void>;
  refuse(error: unknown, ref?: string, threadId?: ThreadId | null): void;
  /** The last word: refuses and closes. */
  dismiss(error: ChatError, ref?: string): void;
}

/** What one device says: handled one after the other, in the order said, no faster than anybody may speak. */
export class Inbox {
  readonly #frames = new Window(FRAMES_A_SECOND, 1_000);
  readonly #refusals = new Window(REFUSALS_A_MINUTE, 60_000);
  #handled: Promise<void>;
  #waiting = 0;

  /** Everything said before `ready` waits for it. */
  constructor(
    private readonly socket: WebSocket,
    private readonly clock: Clock,
    private readonly line: Listener,
    ready: Promise<void>,
  ) {
    this.#handled = ready;
    socket.on('message', (data, isBinary) => this.#hear(data, isBinary));
  }

  #hear(data: RawData, isBinary: boolean): void {
    if (++this.#waiting >= PAUSE_AT) this.socket.pause();
    this.#handled = this.#handled.then(async () => {
      if (this.line.isOpen) await this.#handle(data as Buffer, isBinary);
      if (--this.#waiting < PAUSE_AT && this.socket.isPaused) this.socket.resume();
    });
  }

  async #handle(data: Buffer, isBinary: boolean): Promise<void> {
    const now = this.clock.monotonic();
    const retryAfterMs = this.#frames.wait(now);
    if (retryAfterMs > 0) {
      const words = `A device may say ${FRAMES_A_SECOND} things a second. Wait.`;
      return this.#tooMuch(new ChatError('rate_limited', words, { retryAfterMs }));
    }
    this.#frames.note(now);
    const read = readClientMessage(data, isBinary);
    if ('refused' in read) return this.line.refuse(read.refused, read.ref);
    const { message } = read;
    try {
      await this.line.obey(message);
    } catch (error) {
      const threadId = 'threadId' in message ? message.threadId : null;
      const code = error instanceof ChatError ? error.code : undefined;
      if (code === 'rate_limited') this.#tooMuch(error as ChatError, message.ref, threadId);
      else if (code === 'other_person') this.line.dismiss(error as ChatError, message.ref);
      else this.line.refuse(error, message.ref, threadId);
    }
  }

  /** Told ten times a minute; whoever goes on is closed. */
  #tooMuch(refusal: ChatError, ref?: string, threadId: ThreadId | null = null): void {
    const now = this.clock.monotonic();
    if (this.#refusals.wait(now) > 0) {
      const words = `${REFUSALS_A_MINUTE} refusals within a minute were ignored. Come back slower.`;
      return this.line.dismiss(new ChatError('too_many_messages', words));
    }
    this.#refusals.note(now);
    this.line.refuse(refusal, ref, threadId);
  }
}
