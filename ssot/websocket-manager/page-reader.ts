import type { TenantContext, ThreadEvent, ThreadId, ThreadLog } from '../kernel';

export interface Page {
  readonly events: readonly ThreadEvent[];
  readonly firstSeq: number;
  readonly headSeq: number;
}

/** Devices of one person that stand at the same number share one read, and the text of its events. */
export class PageReader {
  readonly #underWay = new Map<string, Promise<Page>>();
  readonly #texts = new WeakMap<ThreadEvent, string>();

  constructor(private readonly log: ThreadLog) {}

  read(ctx: TenantContext, threadId: ThreadId, afterSeq: number): Promise<Page> {
    const key = `${ctx.tenantId} ${ctx.userId} ${threadId} ${afterSeq}`;
    const known = this.#underWay.get(key);
    if (known !== undefined) return known;
    const page = this.log.read(ctx, threadId, afterSeq).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, page);
    return page;
  }

  text(event: ThreadEvent): string {
    let text = this.#texts.get(event);
    if (text === undefined) {
      text = JSON.stringify(event);
      this.#texts.set(event, text);
    }
    return text;
  }
}
