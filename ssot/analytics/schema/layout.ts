/** Rows of a company stand together, so that what is rewritten of one is not rewritten of all. */
export const PARTITION = 'cityHash64(tenant_id) % 16';

/** Where the history's tables are made. */
export interface Layout {
  /** Behind a table's name where it is made: on one server, or on all of a cluster. */
  readonly onCluster: string;
  /** The name of an engine, of one whose tables are copies of each other where there is a cluster. */
  readonly engine: (name: string) => string;
  /** Whether an insert waits until most of the copies have it. */
  readonly isReplicated: boolean;
}

/**
 * `cluster` as `system.clusters` calls it; empty: the one server alone. Where a copy keeps its place in Keeper, and its name, is the
 * server's own setting (`default_replica_path`, `default_replica_name`).
 */
export function layoutOn(cluster: string): Layout {
  if (cluster === '') return { onCluster: '', engine: (name) => name, isReplicated: false };
  return {
    onCluster: ` on cluster \`${cluster.replaceAll('`', '')}\``,
    engine: (name) => `Replicated${name}`,
    isReplicated: true,
  };
}
