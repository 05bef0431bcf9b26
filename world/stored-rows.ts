import prices from '../ssot/analytics/dataset/prices.json';
import type { Connections } from './connections';
import type { Tenant } from './tenant';

/** A look at the stores from outside the modules, with plain SQL written for the specification. */
export class StoredRows {
  constructor(private readonly connections: Connections) {}

  async callsOf(tenant: Tenant): Promise<number> {
    const [row] = await this.#usage<{ calls: string }>(tenant, 'select count() as calls');
    return Number(row?.calls);
  }
}
