import type { Logger } from '../../kernel';

/**
 * What an instance hears from the others on one bus. A subscription that cannot be had is asked for again with the next `open`.
 * Disposing gives it up.
 */
export class PeerSubscription implements AsyncDisposable {
  #subscription: Promise<AsyncDisposable> | undefined;

  constructor(
    private readonly subscribe: () => Promise<AsyncDisposable>,
    private readonly logger: Logger,
  ) {}

  /** Subscribes unless that is done or under way. */
  open(): void {
    if (this.#subscription !== undefined) return;
    this.#subscription = this.subscribe();
    this.#subscription.catch((error: unknown) => {
      this.#subscription = undefined;
      this.logger.debug({ reason: String(error) }, 'other instances cannot be heard');
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await (await this.#subscription)?.[Symbol.asyncDispose]();
    } catch (error) {
      this.logger.debug({ reason: String(error) }, 'a subscription to other instances could not be given up');
    }
  }
}
