import { plain } from '../common/labels.mjs';

/**
 * An entry of the audit trail about somebody's own account, as they read it.
 *
 * @typedef {{ action: string, details: Readonly<Record<string, string>> }} Happened
 */

/** @type {Readonly<Record<string, (details: Happened['details']) => string>>} */
const WORDS = {
  sign_in: ({ device }) => (device === undefined ? 'Signed in' : `Signed in on ${device}`),
  sign_in_refused: ({ reason }) =>
    reason === 'code'
      ? 'A sign-in was refused: the password was right, the code was wrong'
      : reason === 'sso_required'
        ? 'A sign-in with the right password was refused: your company signs in with its provider'
        : 'A sign-in was refused: the password was wrong',
  sign_in_locked: () => 'Too many wrong passwords: sign-ins from there have to wait',
  signed_out: ({ reason }) =>
    reason === 'aged_out'
      ? 'A device was signed out, because it was not used'
      : reason === 'sign_in_limit'
        ? 'A device was signed out, because your plan has room for no more'
        : 'A device was signed out',
  renewal_reused: () => 'A device was signed out, because somebody else may have used its sign-in',
  password_changed: () => 'The password was changed',
  factor_confirmed: () => 'A second factor was set up',
  factor_removed: () => 'The second factor was removed',
  backup_codes_replaced: () => 'New backup codes were made',
  stepped_up: () => 'Proved again that it is you',
  role_changed: ({ from = '', to = '' }) => `The role was changed from ${from} to ${to}`,
  person_added: () => 'The account was made',
  identity_linked: () => 'The account was joined to your company’s provider',
  api_key_created: () => 'An API key was made',
  api_key_revoked: () => 'An API key was revoked',
  data_exported: () => 'The data of the account was exported',
};

/** What somebody should look at twice. */
const WARNINGS = new Set(['sign_in_refused', 'sign_in_locked', 'renewal_reused']);

/** @param {Happened} happened */
export const actionWords = ({ action, details }) =>
  (Object.hasOwn(WORDS, action) && WORDS[action]?.(details)) || plain(action);

/** @param {Happened} happened */
export const isWarning = ({ action }) => WARNINGS.has(action);
