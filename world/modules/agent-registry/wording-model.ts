import { ModelServer, type ModelManner } from './model-server';

interface ModelHost {
  own<T extends AsyncDisposable>(thing: T): T;
  readonly operations: { serveWith(model: { readonly url: string }): Promise<void> };
}

/** The language model of a scenario, and what it was sent. */
export class WordingModel {
  #server: ModelServer | null = null;

  constructor(private readonly world: ModelHost) {}

  /** Starts an instance that knows a language model which answers in this manner. */
  async serve(manner: ModelManner): Promise<void> {
    this.#server = this.world.own(await ModelServer.open());
    this.#server.manner = manner;
    await this.world.operations.serveWith(this.#server);
  }

  get requests(): ModelServer['requests'] {
    if (this.#server === null) throw new Error('there is no language model in this scenario');
    return this.#server.requests;
  }
}
