import { type PlatformError, type RunId, type TenantContext } from '../../../ssot/kernel';
import type { ChatCommands } from '../../../ssot/websocket-manager';

type Message = Parameters<ChatCommands['send']>[1];

/** What the agents were asked to do, and in whose name: stands where agent-registry stands. */
export class RecordedCommands implements ChatCommands {
  readonly sent: (Message & { readonly ctx: TenantContext })[] = [];
  readonly cancelled: { readonly ctx: TenantContext; readonly runId: RunId }[] = [];
  /** What messages are refused with. */
  refusal: PlatformError | null = null;
  #held: PromiseWithResolvers<void> | null = null;

  /** Messages are not answered until `release`. */
  hold(): void {
    this.#held = Promise.withResolvers<void>();
  }

  release(): void {
    this.#held?.resolve();
    this.#held = null;
  }

  get texts(): readonly string[] {
    return this.sent.map(({ text }) => text);
  }

  async send(ctx: TenantContext, message: Message): Promise<void> {
    if (this.refusal !== null) throw this.refusal;
    this.sent.push({ ...message, ctx });
    await this.#held?.promise;
  }

  async cancel(ctx: TenantContext, runId: RunId): Promise<void> {
    this.cancelled.push({ ctx, runId });
  }
}
