import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openTestAuth } from '../../../support/module-tests/auth/auth';
import { stores } from '../../../support/module-tests/stores';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { addressOf } from '../../../world/settings';
import type { Plan } from '../../kernel';

const DAY_MS = 86_400_000;

/** Days that pass and plans that operators set, from one the company began with: by whose rules what it has is kept then. */
const HISTORIES: readonly (readonly [what: string, from: Plan, steps: readonly (number | Plan)[], kept: Plan])[] = [
  ['on the day of a change to a smaller plan', 'enterprise', ['free'], 'enterprise'],
  ['a moment before 30 days are over', 'enterprise', ['free', 30 - 1 / DAY_MS], 'enterprise'],
  ['when 30 days are over', 'enterprise', ['free', 30], 'free'],
  ['back in time, however long ago', 'enterprise', ['free', 29, 'enterprise', 400], 'enterprise'],
  ['smaller in two steps, 30 days after the second', 'enterprise', ['mid', 20, 'free', 29], 'enterprise'],
  ['smaller in two steps, far apart', 'enterprise', ['mid', 31, 'free', 29], 'mid'],
  ['the same plan once more begins no new time', 'enterprise', ['free', 20, 'free', 10], 'free'],
  ['a part of the way back, in time', 'enterprise', ['free', 10, 'mid', 19], 'enterprise'],
  ['a part of the way back, later', 'enterprise', ['free', 10, 'mid', 20], 'mid'],
  ['on a larger plan from its first moment on', 'free', ['mid'], 'mid'],
];

describe('what a company has is kept by the rules of a plan', () => {
  for (const [what, plan, steps, kept] of HISTORIES) {
    void it(`SP-14 ${what}: ${plan}, ${steps.join(', ')}`, async () => {
      const clock = new ControlledClock();
      const auth = await openTestAuth({ clock });
      const operator = await auth.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), '198.51.100.80');
      const tenantId = await auth.provisioning.createTenant(operator, { name: 'Acme', plan });
      for (const step of steps) {
        if (typeof step === 'number') clock.advance(Math.round(step * DAY_MS));
        else await auth.provisioning.setPlan(operator, tenantId, step);
      }
      const unknown = stores.ids.next('tenant');
      assert.deepEqual([...(await auth.accounts.keptPlansOf([tenantId, unknown]))], [[tenantId, kept]]);
    });
  }
});
