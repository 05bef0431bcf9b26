import { Pool } from 'pg';

export const BARE_TABLE = 'bench_line_event';
/** As many as the platform's own pool has. */
const CONNECTIONS = 10;

/** One bare commit for what is told at once: a row for each event, no number, no order, no check. */
export class BareStore {
  readonly #pool = new Pool({ connectionString: process.env['SPEC_POSTGRES_OWNER_URL'], max: CONNECTIONS });

  async commit(room: number, events: readonly object[]): Promise<void> {
    await this.#pool.query(
      `insert into ${BARE_TABLE} (room, data) select $1, data from jsonb_array_elements($2::jsonb) as data`,
      [room, JSON.stringify(events)],
    );
  }
}
