import type { OwnedChild } from './child';
import type { Killable } from '../contract';

/** A server that can be killed on purpose and started again; what ends it otherwise is a loss. */
export class RestartableServer implements Killable {
  readonly #lost = Promise.withResolvers<string>();
  #isKilled = false;

  constructor(
    private server: OwnedChild,
    private readonly startAgain: () => Promise<OwnedChild>,
  ) {
    this.#watch();
  }

  /** Resolves with the reason when it ends without having been killed here. */
  get ended(): Promise<string> {
    return this.#lost.promise;
  }

  async kill(): Promise<void> {
    this.#isKilled = true;
    this.server.process.kill('SIGKILL');
    await this.server.ended;
  }

  async restart(): Promise<void> {
    this.server = await this.startAgain();
    this.#isKilled = false;
    this.#watch();
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  #watch(): void {
    void this.server.ended.then((reason) => {
      if (!this.#isKilled) this.#lost.resolve(reason);
    });
  }
}
