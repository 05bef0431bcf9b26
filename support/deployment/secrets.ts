import { randomBytes } from 'node:crypto';

/** The secrets that a compose file demands, as it writes them: `${NAME:?…}`. */
export function demandedSecrets(compose: string): readonly string[] {
  return [...new Set([...compose.matchAll(/\$\{(\w+):\?/g)].map((found) => found[1] as string))];
}

/** The lines that an environment file lacks: 32 random bytes each, passwords in letters that an address takes as they are. */
export function missingLines(demanded: readonly string[], written: string): readonly string[] {
  const known = new Set([...written.matchAll(/^(\w+)=/gm)].map((found) => found[1]));
  return demanded
    .filter((name) => !known.has(name))
    .map((name) => `${name}=${randomBytes(32).toString(name.endsWith('_KEY') ? 'base64' : 'hex')}`);
}
