import { randomBytes } from 'node:crypto';
import type { Client, Pool } from 'pg';
import { addressOf } from '../settings';

/** A schema of one's own in the real PostgreSQL, for work that must meet nobody else's rows; dropped with all that it holds. */
export class OwnTables implements AsyncDisposable {
  private constructor(
    readonly schema: string,
    private readonly rows: Pool | Client,
  ) {}

  static async create(rows: Pool | Client): Promise<OwnTables> {
    const schema = `own_${randomBytes(6).toString('hex')}`;
    await rows.query(`create schema ${schema}; grant usage on schema ${schema} to specs_app, specs_service`);
    return new OwnTables(schema, rows);
  }

  /** For an instance that builds its schema here. */
  get variables(): Record<string, string> {
    return {
      POSTGRES_URL: this.within(addressOf('SPEC_POSTGRES_URL')),
      POSTGRES_OWNER_URL: this.within(addressOf('SPEC_POSTGRES_OWNER_URL')),
      POSTGRES_SERVICE_URL: this.within(addressOf('SPEC_POSTGRES_SERVICE_URL')),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.rows.query(`drop schema ${this.schema} cascade`);
  }

  /** The address of a login, whose statements meet this schema only. */
  within(address: string): string {
    const url = new URL(address);
    url.searchParams.set('options', `-c search_path=${this.schema}`);
    return url.href;
  }
}
