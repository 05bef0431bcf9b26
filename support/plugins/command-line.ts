import ArgvParser from '@cucumber/cucumber/lib/configuration/argv_parser';

/** What the person who started Cucumber asked for; plugins are not told. */
export interface Asked {
  readonly tags: readonly string[];
  readonly dryRun: boolean;
  readonly failFast: boolean;
  readonly shard: string | undefined;
  /** How many workers, as far as that was said. */
  readonly parallel: number | undefined;
  /** Tags, names, paths or a shard were given, so most likely not everything is meant. */
  readonly narrow: boolean;
}

/** Reads the options with Cucumber's own parser, which has refused by now what it does not know. */
export function asked(args = process.argv.slice(2)): Asked {
  const {
    tags = [],
    dryRun,
    failFast,
    shard,
    parallel,
    name,
    paths,
  } = ArgvParser.parse(['', '', ...args]).configuration;
  const expressions = [tags].flat();
  return {
    tags: expressions,
    dryRun: dryRun === true,
    failFast: failFast === true,
    shard,
    parallel,
    narrow: [expressions, name, paths].some((given) => (given?.length ?? 0) > 0) || shard !== undefined,
  };
}
