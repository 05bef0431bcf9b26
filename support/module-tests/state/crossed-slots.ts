import type { Redis } from 'ioredis';
import { eventually } from '../../../world/eventually';

/** Commands with several keys, and where they stand among what follows the name. */
const KEYS_OF: Readonly<Record<string, (args: readonly string[]) => readonly string[]>> = {
  del: (args) => args,
  unlink: (args) => args,
  exists: (args) => args,
  rename: (args) => args.slice(0, 2),
  eval: ([, count, ...rest]) => rest.slice(0, Number(count)),
  evalsha: ([, count, ...rest]) => rest.slice(0, Number(count)),
};
const isKey = (text: string): boolean => /^(sm|auth):/.test(text);

/** What a cluster of Redis goes by: the text in the first braces, or all of it. */
function tagOf(key: string): string {
  return /\{([^}]+)\}/.exec(key)?.[1] ?? key;
}

/**
 * What one script or one command touched in more than one slot of a cluster while the work was done, as Redis itself tells it
 * (`MONITOR`): what a script calls, too. `seen`: how many scripts there were.
 */
export async function crossedSlots(
  redis: Redis,
  work: () => Promise<unknown>,
): Promise<{ readonly crossed: readonly string[]; readonly seen: number }> {
  const monitor = await redis.monitor();
  const touched: { readonly by: string; readonly keys: string[] }[] = [];
  const end = `the end of ${Math.random()}`;
  const isOver = Promise.withResolvers<void>();
  monitor.on('monitor', (_time: string, [name = '', ...args]: string[], source: string) => {
    if (args[0] === end) isOver.resolve();
    const keys = (KEYS_OF[name.toLowerCase()] ?? ((all) => all.slice(0, 1)))(args).filter(isKey);
    if (source === 'lua') touched.at(-1)?.keys.push(...keys);
    else touched.push({ by: `${name} ${args.slice(0, 4).join(' ')}`, keys: [...keys] });
  });
  try {
    await work();
    // Told in order: when this has come, everything has.
    await redis.echo(end);
    await eventually(() => isOver.promise);
  } finally {
    monitor.disconnect();
  }
  const crossed = touched.filter(({ keys }) => new Set(keys.map(tagOf)).size > 1);
  return {
    crossed: crossed.map(({ by, keys }) => `${by} touches ${[...new Set(keys)].join(', ')}`),
    seen: touched.filter(({ by }) => /^eval/i.test(by)).length,
  };
}
