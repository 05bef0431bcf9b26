import { HttpClient } from '../../clients/http-client';
import { Network } from '../../actors/network';
import type { RevenueWorld } from '../../revenue-world';

/** Strangers who sign in all at once, each from a network of their own, and how many of them have been judged. */
export class Strangers {
  #judged = 0;
  #judgedMeanwhile = Number.NaN;
  #first = Promise.withResolvers<void>();
  #all: Promise<unknown> = Promise.resolve();

  constructor(private readonly world: Pick<RevenueWorld, 'evidence' | 'platformUrl'>) {}

  /** Resolves when they are on their way. */
  async come(count: number): Promise<void> {
    const url = await this.world.platformUrl();
    this.#all = Promise.all(Array.from({ length: count }, () => this.#signIn(url)));
    // Told to whoever waits for the first; all have been answered by then or have failed with it.
    this.#all.catch(this.#first.reject);
  }

  /** Counts who is judged while somebody else, who comes after the first of them was judged, does this. */
  async meanwhile(work: () => Promise<unknown>): Promise<void> {
    await this.#first.promise;
    const before = this.#judged;
    await work();
    this.#judgedMeanwhile = this.#judged - before;
    await this.#all;
  }

  get judgedMeanwhile(): number {
    return this.#judgedMeanwhile;
  }

  async #signIn(url: string): Promise<void> {
    const client = new HttpClient(url, 'a stranger', this.world.evidence, undefined, new Network().address());
    const guess = { email: `${Network.name()}@nowhere.example`, password: 'a guess that is long enough', device: 'x' };
    const { status } = await client.send('post', '/v1/sign-in', guess);
    // Whoever found the queue full was not judged.
    if (status !== 401) return;
    this.#judged += 1;
    this.#first.resolve();
  }
}
