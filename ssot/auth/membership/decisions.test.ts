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
    const expected = by.split(' ').map((may) => (may === 'yes' ? 'allowed' : 'not_allowed'));
    // It is nothing to anybody but an owner how many owners there are.
    for (const owners of of === 'owner' ? [2] : [2, 1]) {
      const outcomes = ROLES.map((role) => outcome(() => assertMayChange({ by: role, of, to, owners })));
      assert.deepEqual(outcomes, expected);
    }
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

for (const [change, refusal] of [
  [
    { by: 'member', of: null, to: 'owner', owners: 1 },
    { code: 'not_allowed', message: 'Only administrators and owners manage people.' },
  ],
  [
    { by: 'administrator', of: 'owner', to: 'owner', owners: 1 },
    { code: 'not_allowed', message: 'Only an owner makes owners.' },
  ],
  [
    { by: 'administrator', of: 'owner', to: null, owners: 1 },
    { code: 'not_allowed', message: 'Only an owner changes or removes an owner.' },
  ],
  [
    { by: 'owner', of: 'owner', to: null, owners: 1 },
    {
      ...{ code: 'last_owner', field: 'userId' },
      message: 'A company always has an owner. Make somebody else an owner first.',
    },
  ],
] as const) {
  test(`AU-11 whoever may not is told who may: ${refusal.message}`, () => {
    assert.throws(() => assertMayChange(change), refusal);
  });
}

test('AU-11 whoever sets a password gets what its owner may, so it takes no less than their role', () => {
  const table = ROLES.map((by) => ROLES.map((of) => outcome(() => assertMaySetPassword(by, of))));
  assert.deepEqual(table, [
    ['not_allowed', 'not_allowed', 'not_allowed'],
    ['allowed', 'allowed', 'not_allowed'],
    ['allowed', 'allowed', 'allowed'],
  ]);
});
