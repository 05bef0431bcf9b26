import type { RawData, WebSocket } from 'ws';
import type { Clock, ThreadId } from '../../../kernel';
import { readClientMessage, type ClientMessage } from '../../protocol/client-message';
import { ChatError } from '../../errors';
import { SlidingWindow } from './sliding-window';

const PAUSE_AT = 32;
const FRAMES_PER_SECOND = 50;
const REFUSALS_PER_MINUTE = 10;

/** Handles what a device sent; met by the connection. */
export interface CommandHandler {
  readonly isOpen: boolean;
  handle(message: ClientMessage): Promise<void>;
  sendError(error: unknown, ref?: string, threadId?: ThreadId | null): void;
  /** Sends the error and closes. */
  closeWith(error: ChatError, ref?: string): void;
}

/** The messages of one device: handled one after the other, in order, within the limits of frames. */
export class InboundQueue {
  readonly #frames = new SlidingWindow(FRAMES_PER_SECOND, 1_000);
  readonly #refusals = new SlidingWindow(REFUSALS_PER_MINUTE, 60_000);
  #handled: Promise<void>;
  #waiting = 0;

  /** Whatever is received before `ready` waits for it. */
  constructor(
    private readonly socket: WebSocket,
    private readonly clock: Clock,
    private readonly handler: CommandHandler,
    ready: Promise<void>,
  ) {
    this.#handled = ready;
    socket.on('message', (data, isBinary) => this.#enqueue(data, isBinary));
  }

  #enqueue(data: RawData, isBinary: boolean): void {
    if (++this.#waiting >= PAUSE_AT) this.socket.pause();
    this.#handled = this.#handled.then(async () => {
      // Whatever fails here ends with its message: a rejection that nobody hears would end the instance.
      if (this.handler.isOpen)
        await this.#handle(data as Buffer, isBinary).catch((error: unknown) => this.handler.sendError(error));
      if (--this.#waiting < PAUSE_AT) this.socket.resume();
    });
  }

  async #handle(data: Buffer, isBinary: boolean): Promise<void> {
    const now = this.clock.monotonic();
    const retryAfterMs = this.#frames.retryAfterMs(now);
    if (retryAfterMs > 0) {
      const words = `A device may say ${FRAMES_PER_SECOND} things a second. Wait.`;
      return this.#refuseOrClose(new ChatError('rate_limited', words, { retryAfterMs }));
    }
    this.#frames.record(now);
    const read = readClientMessage(data, isBinary);
    if ('refused' in read) return this.handler.sendError(read.refused, read.ref);
    const { message } = read;
    try {
      await this.handler.handle(message);
    } catch (error) {
      const threadId = 'threadId' in message ? message.threadId : null;
      const code = error instanceof ChatError ? error.code : undefined;
      if (code === 'rate_limited') this.#refuseOrClose(error as ChatError, message.ref, threadId);
      else if (code === 'other_person') this.handler.closeWith(error as ChatError, message.ref);
      else this.handler.sendError(error, message.ref, threadId);
    }
  }

  /** Refuses ten times a minute; whoever goes on is closed. */
  #refuseOrClose(refusal: ChatError, ref?: string, threadId: ThreadId | null = null): void {
    const now = this.clock.monotonic();
    if (this.#refusals.retryAfterMs(now) > 0) {
      const words = `${REFUSALS_PER_MINUTE} refusals within a minute were ignored. Come back slower.`;
      return this.handler.closeWith(new ChatError('too_many_messages', words));
    }
    this.#refusals.record(now);
    this.handler.sendError(refusal, ref, threadId);
  }
}
