import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { openTestAuth, PASSWORD } from '../../support/module-tests/auth/auth';
import { said } from '../../support/module-tests/said';
import { stores } from '../../support/module-tests/stores';
import { ControlledClock } from '../../world/operations/controlled-clock';
import { addressOf } from '../../world/settings';
import { servicePrincipal, type TenantId, type Transaction, type UserId } from '../kernel';
import type { Acting, Auth, Operator } from './contract';
import type { DataDecision } from './data-decisions';
import type { Role } from './roles';

const HOME = '198.51.100.87';
const clock = new ControlledClock();

interface Somebody extends Acting {
  readonly userId: UserId;
  readonly access: string;
}

describe('decisions about data', () => {
  let auth: Auth;
  let operator: Operator;
  before(async () => {
    auth = await openTestAuth({ clock });
    operator = await auth.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), HOME);
  });

  async function company<R extends readonly Role[]>(...roles: R): Promise<{ readonly [I in keyof R]: Somebody }> {
    const tenantId = await auth.provisioning.createTenant(operator, { name: 'Acme', plan: 'enterprise' });
    const people: Somebody[] = [];
    for (const role of roles) people.push(await somebody(tenantId, role));
    return people as { readonly [I in keyof R]: Somebody };
  }

  async function somebody(tenantId: TenantId, role: Role): Promise<Somebody> {
    const email = `${stores.ids.next('req')}@acme.example`;
    const userId = await auth.provisioning.addPerson(operator, tenantId, {
      name: 'Dana',
      email,
      password: PASSWORD,
      role,
    });
    const proof = { email, password: PASSWORD, device: 'laptop', address: HOME };
    const { access } = (await auth.signIn.withPassword(proof)).tokens;
    return { userId, access, principal: await auth.tokens.check(access, 'person', HOME), address: HOME };
  }

  async function inOneTurn(work: (tx: Transaction) => Promise<void>): Promise<string> {
    return said((await stores.database()).asService(servicePrincipal('customer-data'), work));
  }

  const decisions: Readonly<Record<string, (tx: Transaction, by: Acting, about: UserId | undefined) => Promise<void>>> =
    {
      'all of it goes': async (tx, by, about) => auth.dataDecisions.lockOut(tx, by, about),
      'all of it goes when a hold is lifted': async (tx, by, about) => auth.dataDecisions.assertMayLose(tx, by, about),
      'it is held': (tx, by, about) => auth.dataDecisions.record(tx, by, decided('hold_placed', about)),
      'it is held no more': (tx, by, about) => auth.dataDecisions.record(tx, by, decided('hold_lifted', about)),
      'somebody takes it along': (tx, by, about) => auth.dataDecisions.record(tx, by, decided('data_exported', about)),
    };
  function decided(action: DataDecision['action'], userId: UserId | undefined): DataDecision {
    return { action, ...(userId !== undefined && { userId }) };
  }

  for (const [what, decide] of Object.entries(decisions)) {
    test(`AU-11 who was demoted or removed a moment before decides nothing any more: ${what}`, async () => {
      const [olga, former, removed, dana] = await company('owner', 'owner', 'owner', 'member');
      await auth.accounts.setRole(olga, former.userId, 'member');
      await auth.accounts.remove(olga, removed.userId);
      for (const about of [undefined, dana.userId, stores.ids.next('user')]) {
        assert.equal(await inOneTurn((tx) => decide(tx, former, about)), 'not_allowed');
        assert.equal(await inOneTurn((tx) => decide(tx, removed, about)), 'session_ended');
      }
      assert.equal((await auth.accounts.list(olga, { limit: 10 })).length, 3);
      assert.equal(await inOneTurn((tx) => decide(tx, olga, dana.userId)), 'fine');
      assert.equal(await inOneTurn((tx) => decide(tx, olga, undefined)), 'fine');
    });
  }

  test('AU-09 with a second factor due and missing nobody takes even their own data along, or has it go', async () => {
    const [dana] = await company('member');
    const strict = await openTestAuth({ clock, isSecondFactorRequired: () => Promise.resolve(true) });
    const principal = await strict.tokens.check(dana.access, 'person', HOME);
    for (const action of ['data_exported', 'erasure_requested'] as const) {
      const decision = decided(action, dana.userId);
      assert.equal(
        await said(strict.dataDecisions.assertMay({ ...dana, principal }, decision)),
        'second_factor_missing',
      );
      assert.equal(await said(strict.dataDecisions.assertMay(dana, decision)), 'fine');
    }
  });
});
