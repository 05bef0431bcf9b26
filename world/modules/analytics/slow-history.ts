import { eventually } from '../../eventually';
import { OwnHistory, type HistoryHost } from './own-history';

const SECONDS = 8;
const PIECE_SECONDS = 0.05;

/**
 * A database of its own in the real ClickHouse. Once it is slow, every reading there takes eight seconds or as many as are named, as on a
 * server that is busy with much else; what is under way there is what the server itself lists.
 */
export class SlowHistory extends OwnHistory {
  static override async open(host: HistoryHost): Promise<SlowHistory> {
    return new SlowHistory(host.history(), await this.create(host));
  }

  /** From now on; the shape has been built. In small pieces, so that a reading can be stopped after each. */
  async slowDown(seconds = SECONDS): Promise<void> {
    await this.server.command({
      query: `create or replace view ${this.name}.usage_of as
        select * from ${this.name}.usage final
        where tenant_id = {tenant:String} and at >= {from:DateTime64(3, 'UTC')} and at < {to:DateTime64(3, 'UTC')}
          and recorded_at <= {upto:DateTime64(6, 'UTC')}
          and (select sum(sleepEachRow(${PIECE_SECONDS})) from numbers(${seconds / PIECE_SECONDS})) = 0
        settings max_block_size = 1`,
    });
  }

  /** How many readings the server lists here at this moment. */
  async underWay(): Promise<number> {
    const answer = await this.server.query({
      query: 'select count() as n from system.processes where current_database = {name:String} and elapsed > 0.2',
      query_params: { name: this.name },
      format: 'JSONEachRow',
    });
    const [row] = await answer.json<{ n: string | number }>();
    return Number(row?.n);
  }

  async untilUnderWay(): Promise<void> {
    await eventually(async () => {
      if ((await this.underWay()) === 0) throw new Error('ClickHouse lists no reading');
    });
  }

  /** Fails when the server still lists a reading after `limitMs`. */
  async untilIdle(limitMs: number): Promise<void> {
    await eventually(async () => {
      const many = await this.underWay();
      if (many > 0) throw new Error(`ClickHouse still lists ${many} readings`);
    }, limitMs);
  }
}
