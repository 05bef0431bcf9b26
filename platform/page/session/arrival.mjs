/**
 * What a provider's answer has put behind the "#": a hand-over code, or why somebody was not let in. It is taken out of the
 * address first, so that it is neither seen nor kept.
 *
 * @typedef {object} ArrivalDeps
 * @property {Pick<import('./session.mjs').Session, 'takeHandOver'>} session
 * @property {{ hash: string, pathname: string }} location
 * @property {(address: string) => void} replaceAddress
 */
const REFUSALS = /** @type {Record<string, string>} */ ({
  provider_refused: 'Your company’s provider did not let you in here. Ask an administrator of your company.',
  provider_unavailable: 'Your company’s provider cannot be reached right now. Try again in a moment.',
  one_time_secret_invalid: 'This sign-in has ended. Begin again.',
  access_revoked: 'Your company’s access was ended. Ask an administrator of your company.',
  rate_limited: 'Too many sign-ins were refused. Wait a minute and try again.',
});

/**
 * Rejects with a `Refusal` when the code is not taken.
 *
 * @param {ArrivalDeps} deps
 * @returns {Promise<string | null>} why somebody was sent back without being let in; null when all is well
 */
export async function arrive({ session, location, replaceAddress }) {
  const said = new URLSearchParams(location.hash.slice(1));
  const handOver = said.get('sign-in');
  const refused = said.get('sign-in-refused');
  if (handOver === null && refused === null) return null;
  replaceAddress(location.pathname);
  if (refused !== null) return REFUSALS[refused] ?? 'You could not be signed in. Try again.';
  await session.takeHandOver(handOver ?? '');
  return null;
}
