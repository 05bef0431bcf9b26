import { AuthError } from '../errors';

/** The rest is shorter than a password may be. */
const SHORTEST = 12;
let common: Promise<ReadonlySet<string>> | undefined;

/**
 * Throws `weak_password` for one of the passwords that everybody who guesses tries first, in whatever capitals: from the list
 * of `@zxcvbn-ts/language-common`, which is read when the first new password comes.
 */
export async function assertUncommon(password: string): Promise<void> {
  common ??= load();
  if (!(await common).has(password.normalize('NFKC').toLowerCase())) return;
  const message = 'The password is one of the most common ones, which are guessed first. Choose another one.';
  throw new AuthError('weak_password', message, { field: 'password' });
}

async function load(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common'].filter((one) => one.length >= SHORTEST));
}
