import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actionWords, isWarning } from './activity-words.mjs';

for (const [action, details, words] of [
  ['sign_in', { methods: 'pwd', device: 'Firefox on Linux' }, 'Signed in on Firefox on Linux'],
  ['sign_in', { methods: 'pwd' }, 'Signed in'],
  ['sign_in_refused', {}, 'A sign-in was refused: the password was wrong'],
  ['sign_in_refused', { reason: 'code' }, 'A sign-in was refused: the password was right, the code was wrong'],
  [
    'sign_in_refused',
    { reason: 'sso_required' },
    'A sign-in with the right password was refused: your company signs in with its provider',
  ],
  ['signed_out', {}, 'A device was signed out'],
  ['signed_out', { reason: 'aged_out' }, 'A device was signed out, because it was not used'],
  ['signed_out', { reason: 'sign_in_limit' }, 'A device was signed out, because your plan has room for no more'],
  ['role_changed', { from: 'member', to: 'administrator' }, 'The role was changed from member to administrator'],
  ['constructor', {}, 'Constructor'],
  ['domain_proven', {}, 'Domain proven'],
] as const) {
  void test(`AU-16 what happened to an account is told in words: ${action} ${JSON.stringify(details)}`, () => {
    assert.equal(actionWords({ action, details }), words);
  });
}

for (const [action, is] of [
  ['sign_in_refused', true],
  ['sign_in_locked', true],
  ['renewal_reused', true],
  ['sign_in', false],
  ['password_changed', false],
] as const) {
  void test(`AU-16 what somebody should look at twice stands out: ${action}`, () => {
    assert.equal(isWarning({ action, details: {} }), is);
  });
}
