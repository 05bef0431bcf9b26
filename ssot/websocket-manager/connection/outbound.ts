import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { pause, type Clock, type ThreadId } from '../../kernel';
import type { ControlData, ControlType } from '../protocol/server-message';

const SLOW_CONSUMER_TIMEOUT_MS = 30_000;
const MAX_BUFFERED_BYTES = 1_048_576;
/** Frames are made as bytes once; what they hold is text. */
const AS_TEXT = { binary: false };

/** What leaves for one device, in the order in which it was sent. */
export class Outbound {
  #lastSent: Promise<void> | undefined;
  #lastSentAt = 0;

  constructor(
    private readonly socket: WebSocket,
    private readonly wire: Duplex,
    private readonly clock: Clock,
  ) {}

  /** On the monotonic clock; 0: nothing yet. */
  get lastSentAt(): number {
    return this.#lastSentAt;
  }

  /** Nothing that was sent waits to leave this process. */
  get isEmpty(): boolean {
    return this.socket.bufferedAmount === 0;
  }

  /** How many bytes may still wait to leave this process. */
  get budget(): number {
    return MAX_BUFFERED_BYTES - this.socket.bufferedAmount;
  }

  /** Control messages carry no number. */
  control<T extends ControlType>(type: T, data: ControlData[T], threadId: ThreadId | null): void {
    const at = new Date(this.clock.now()).toISOString();
    this.send([Buffer.from(JSON.stringify({ v: 1, type, threadId, at, data }))]);
  }

  /** One after the other, in one write. */
  send(frames: readonly Buffer[]): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    const sent = Promise.withResolvers<void>();
    this.wire.cork();
    for (const frame of frames.slice(0, -1)) this.socket.send(frame, AS_TEXT);
    // A failed send is followed by the close, which says all there is to say.
    this.socket.send(frames.at(-1) as Buffer, AS_TEXT, () => sent.resolve());
    this.wire.uncork();
    this.#lastSent = sent.promise;
    this.#lastSentAt = this.clock.monotonic();
  }

  /** Resolves when all that was sent has left this process; calls `onStuck` and resolves when that takes too long. */
  async flushed(onStuck: () => void): Promise<void> {
    if (this.isEmpty) return;
    const left = new AbortController();
    const stuck = pause(this.clock, SLOW_CONSUMER_TIMEOUT_MS, left.signal).then(onStuck, () => undefined);
    await Promise.race([this.#lastSent, stuck]);
    left.abort();
  }
}
