import type { ClickHouseClient } from '@clickhouse/client';
import type { IdSource } from '../../../ssot/id-manager';
import { eventually } from '../../eventually';
import { addressOf } from '../../settings';

export interface HistoryHost {
  readonly ids: IdSource;
  history(): ClickHouseClient;
}

/** An empty database of its own in the real ClickHouse, for an instance that builds its shape there. */
export class OwnHistory implements AsyncDisposable {
  protected constructor(
    protected readonly server: ClickHouseClient,
    protected readonly name: string,
  ) {}

  static async open(host: HistoryHost): Promise<OwnHistory> {
    return new OwnHistory(host.history(), await this.create(host));
  }

  protected static async create(host: HistoryHost): Promise<string> {
    const name = `own_${host.ids.next('inst')}`;
    await host.history().command({ query: `create database ${name}` });
    return name;
  }

  get url(): string {
    const url = new URL(addressOf('SPEC_CLICKHOUSE_URL'));
    url.pathname = `/${this.name}`;
    return url.href;
  }

  /** Changes what is there; `{db}` stands for the database's name. */
  async run(statement: string): Promise<void> {
    const query = statement.replaceAll('{db}', this.name);
    await this.server.command({ query, clickhouse_settings: { mutations_sync: '2' } });
  }

  /** As after a loss: the database is there, and nothing in it. */
  async comeBackEmpty(): Promise<void> {
    await this.run('drop database {db}');
    await this.run('create database {db}');
  }

  async rows<R>(question: string): Promise<readonly R[]> {
    const query = question.replaceAll('{db}', this.name);
    return (await this.server.query({ query, format: 'JSONEachRow' })).json<R>();
  }

  /** Until the server lists an insert here. */
  async untilInserting(): Promise<void> {
    await eventually(async () => {
      const inserts = "query_kind = 'Insert' and current_database = '{db}'";
      const [row] = await this.rows<{ n: string | number }>(
        `select count() as n from system.processes where ${inserts}`,
      );
      if (Number(row?.n) === 0) throw new Error('ClickHouse lists no insert');
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.command({ query: `drop database ${this.name}` });
  }
}
