import { parseArgs } from 'node:util';

/** What the person who started Cucumber asked for; plugins are not told. */
export interface Asked {
  readonly tags: readonly string[];
  readonly dryRun: boolean;
  readonly failFast: boolean;
  readonly shard: string | undefined;
}

/** Reads Cucumber's own options and leaves all others to Cucumber, which refuses what it does not know. */
export function asked(args = process.argv.slice(2)): Asked {
  const { values } = parseArgs({
    args,
    strict: false,
    options: {
      tags: { type: 'string', short: 't', multiple: true },
      'dry-run': { type: 'boolean', short: 'd' },
      'fail-fast': { type: 'boolean' },
      shard: { type: 'string' },
    },
  });
  return {
    tags: (values.tags ?? []).filter((value) => typeof value === 'string'),
    dryRun: values['dry-run'] === true,
    failFast: values['fail-fast'] === true,
    shard: typeof values.shard === 'string' ? values.shard : undefined,
  };
}
