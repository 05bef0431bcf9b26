import prices from '../../../ssot/analytics/prices/list-prices.json';
import type { Connections } from '../../stores/connections';
import { picos } from '../../clients/report';
import type { Tenant } from '../../actors/tenant';

interface Sums {
  readonly provider: string;
  readonly model: string;
  readonly calls: string;
  readonly fresh: string;
  readonly cached: string;
  readonly output: string;
}

/** A look at the stores from outside the modules, with plain SQL that was written for the specification. */
export class StoredRows {
  constructor(private readonly connections: Connections) {}

  async callsOf(tenant: Tenant): Promise<number> {
    return (await this.#sums(tenant)).reduce((sum, row) => sum + Number(row.calls), 0);
  }

  /**
   * What the company's calls cost by the shipped list, in trillionths (12 decimal places) of a US dollar. Calls of a
   * model without a known price are left out: they are not free, and nobody can say what they cost.
   */
  async spendOf(tenant: Tenant): Promise<bigint> {
    return (await this.#sums(tenant)).reduce((sum, row) => {
      const price = prices.entries.find((entry) => entry.provider === row.provider && entry.model === row.model);
      if (price === undefined) return sum;
      const { input, cachedInput, output } = price.perMillion;
      const perToken = (perMillion: string): bigint => picos(perMillion) / 1_000_000n;
      return (
        sum +
        BigInt(row.fresh) * perToken(input) +
        BigInt(row.cached) * perToken(cachedInput) +
        BigInt(row.output) * perToken(output)
      );
    }, 0n);
  }

  async #sums(tenant: Tenant): Promise<readonly Sums[]> {
    const answer = await this.connections.history().query({
      query: `select provider, model, toString(uniqExact(event_id)) as calls,
                toString(sum(input_tokens - cached_input_tokens)) as fresh,
                toString(sum(cached_input_tokens)) as cached, toString(sum(output_tokens)) as output
              from usage final where tenant_id = {tenant: String} group by provider, model`,
      query_params: { tenant: await tenant.id() },
      format: 'JSONEachRow',
    });
    return answer.json<Sums>();
  }
}
