import type { Connections } from '../../stores/connections';
import type { Operations } from '../../operations/operations';
import type { Person } from '../../actors/person';
import { SlowHistory } from './slow-history';

interface Host {
  readonly connections: Connections;
  readonly operations: Pick<Operations, 'serveOn'>;
  own<T extends AsyncDisposable>(thing: T): T;
}

/** Questions to an instance whose ClickHouse takes seconds for each reading. */
export class SlowAnswers {
  #history: SlowHistory | null = null;

  constructor(private readonly host: Host) {}

  async serve(): Promise<void> {
    const history = this.host.own(await SlowHistory.open(this.host.connections));
    await this.host.operations.serveOn({ CLICKHOUSE_URL: history.url });
    await history.slowDown();
    this.#history = history;
  }

  /** Resolves once ClickHouse itself lists the reading. */
  async ask(person: Person, question: string): Promise<void> {
    await person.ask(question);
    await this.#slow().untilUnderWay();
  }

  /** Fails when ClickHouse still lists a reading after `limitMs`. */
  async untilIdle(limitMs: number): Promise<void> {
    await this.#slow().untilIdle(limitMs);
  }

  #slow(): SlowHistory {
    if (this.#history === null) throw new Error('no ClickHouse has become slow in this scenario');
    return this.#history;
  }
}
