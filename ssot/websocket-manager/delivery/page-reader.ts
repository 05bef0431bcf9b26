import type { TenantContext, ThreadEvent, ThreadId, ThreadLog } from '../../kernel';

export interface Page {
  readonly events: readonly ThreadEvent[];
  readonly firstSeq: number;
  readonly headSeq: number;
}

/** Devices of one person that stand at the same number share one read; all devices share what travels of an event. */
export class PageReader {
  readonly #inFlight = new Map<string, Promise<Page>>();
  readonly #frames = new WeakMap<ThreadEvent, Buffer>();

  constructor(private readonly threadLog: ThreadLog) {}

  read(ctx: TenantContext, threadId: ThreadId, afterSeq: number): Promise<Page> {
    const key = `${ctx.tenantId} ${ctx.userId} ${threadId} ${afterSeq}`;
    const known = this.#inFlight.get(key);
    if (known !== undefined) return known;
    const page = this.threadLog.read(ctx, threadId, afterSeq).finally(() => this.#inFlight.delete(key));
    this.#inFlight.set(key, page);
    return page;
  }

  /** Made once, however many devices are shown it. */
  frame(event: ThreadEvent): Buffer {
    let frame = this.#frames.get(event);
    if (frame === undefined) {
      frame = Buffer.from(JSON.stringify(event));
      this.#frames.set(event, frame);
    }
    return frame;
  }
}
