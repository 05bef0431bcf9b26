import { eventually } from '../../eventually';
import type { Person } from '../../actors/person';
import type { Operations } from '../../operations/operations';
import { ModelServer, type ModelManner } from './model-server';

interface ModelHost {
  own<T extends AsyncDisposable>(thing: T): T;
  readonly operations: Pick<Operations, 'serveWith' | 'serving'>;
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

  async answer(person: Person): Promise<void> {
    await person.openDeviceOn('phone', 'Q3 spend', this.world.operations.serving().url);
    await person.ask('Will it rain tomorrow?');
    await person.storedAnswer();
  }

  /**
   * The models that were asked for by whoever showed this key. With the platform's key that may be somebody of another scenario,
   * whose question was left to whichever instance came next.
   */
  askedWith(key: string): readonly string[] {
    const shown = this.requests.filter(({ authorization }) => authorization === `Bearer ${key}`);
    return shown.map(({ body }) => (JSON.parse(body) as { model: string }).model);
  }

  /** Which of these words it was sent. */
  wereSent(words: readonly string[]): readonly string[] {
    const sent = JSON.stringify(this.requests);
    return words.filter((word) => sent.includes(word));
  }

  /** So much time passes once it has been asked. */
  async letPass(ms: number): Promise<void> {
    await eventually(() => {
      if (this.requests.length === 0) throw new Error('nobody has asked the language model');
      return Promise.resolve();
    });
    this.world.operations.serving().advanceClock(ms);
  }

  get requests(): ModelServer['requests'] {
    if (this.#server === null) throw new Error('there is no language model in this scenario');
    return this.#server.requests;
  }
}
