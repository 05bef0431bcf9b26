import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROLES, type Role } from '../roles';
import { assertMayChange, assertMaySetPassword } from './decisions';

function outcome(decide: () => void): string {
  try {
    decide();
    return 'allowed';
  } catch (refusal) {
    return (refusal as { code: string }).code;
  }
}

/** Who of member, administrator and owner may: written from the rule. */
const MAY: readonly (readonly [what: string, of: Role | null, to: Role | null, by: string])[] = [
  ['add a member', null, 'member', 'no yes yes'],
  ['add an administrator', null, 'administrator', 'no yes yes'],
  ['add an owner', null, 'owner', 'no no yes'],
  ['make a member an administrator', 'member', 'administrator', 'no yes yes'],
  ['make a member an owner', 'member', 'owner', 'no no yes'],
  ['make an administrator an owner', 'administrator', 'owner', 'no no yes'],
  ['make an administrator a member', 'administrator', 'member', 'no yes yes'],
  ['make an owner a member', 'owner', 'member', 'no no yes'],
  ['remove a member', 'member', null, 'no yes yes'],
  ['remove an administrator', 'administrator', null, 'no yes yes'],
  ['remove an owner', 'owner', null, 'no no yes'],
];
for (const [what, of, to, by] of MAY) {
  test(`AU-11 nobody gives more than they have: ${what}`, () => {
    const outcomes = ROLES.map((role) => outcome(() => assertMayChange({ by: role, of, to, owners: 2 })));
    assert.deepEqual(
      outcomes,
      by.split(' ').map((may) => (may === 'yes' ? 'allowed' : 'not_allowed')),
    );
  });
}

test('AU-11 the last owner can neither go nor be made less, by nobody; one of two can', () => {
  for (const to of [null, 'member', 'administrator'] as const) {
    assert.equal(
      outcome(() => assertMayChange({ by: 'owner', of: 'owner', to, owners: 1 })),
      'last_owner',
    );
    assert.equal(
      outcome(() => assertMayChange({ by: 'owner', of: 'owner', to, owners: 2 })),
      'allowed',
    );
  }
  assert.equal(
    outcome(() => assertMayChange({ by: 'owner', of: 'owner', to: 'owner', owners: 1 })),
    'allowed',
  );
});

test('AU-11 whoever sets a password gets what its owner may, so it takes no less than their role', () => {
  const table = ROLES.map((by) => ROLES.map((of) => outcome(() => assertMaySetPassword(by, of))));
  assert.deepEqual(table, [
    ['not_allowed', 'not_allowed', 'not_allowed'],
    ['allowed', 'allowed', 'not_allowed'],
    ['allowed', 'allowed', 'allowed'],
  ]);
});
