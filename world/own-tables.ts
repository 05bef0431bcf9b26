import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { addressOf } from './settings';

/** Tables of a scenario's own in the real PostgreSQL, for instances of the platform whose work must meet nobody else's rows. */
export class OwnTables implements AsyncDisposable {
  private constructor(
    private readonly schema: string,
    private readonly rows: Pool,
  ) {}

  static async create(rows: Pool): Promise<OwnTables> {
    const schema = `own_${randomBytes(6).toString('hex')}`;
    await rows.query(`create schema ${schema}; grant usage on schema ${schema} to specs_app, specs_service`);
    return new OwnTables(schema, rows);
  }

  /** For an instance that builds its schema here. */
  get variables(): Record<string, string> {
    return {
      POSTGRES_URL: this.#within(addressOf('SPEC_POSTGRES_URL')),
      POSTGRES_OWNER_URL: this.#within(addressOf('SPEC_POSTGRES_OWNER_URL')),
      POSTGRES_SERVICE_URL: this.#within(addressOf('SPEC_POSTGRES_SERVICE_URL')),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.rows.query(`drop schema ${this.schema} cascade`);
  }

  #within(address: string): string {
    const url = new URL(address);
    url.searchParams.set('options', `-c search_path=${this.schema}`);
    return url.href;
  }
}
