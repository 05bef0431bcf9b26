import { stores } from '../stores';

/** How often ClickHouse has rewritten each of its tables for rows of these, by its own list. */
export async function rewritesNaming(names: readonly string[]): Promise<Readonly<Record<string, number>>> {
  const answer = await stores.history().query({
    query: `select table, uniqExact(mutation_id) as rewrites from system.mutations
            where database = currentDatabase() and multiSearchAny(command, {names: Array(String)}) group by table order by table`,
    query_params: { names: [...names] },
    format: 'JSONEachRow',
  });
  const found = await answer.json<{ table: string; rewrites: string }>();
  return Object.fromEntries(found.map(({ table, rewrites }) => [table, Number(rewrites)]));
}
