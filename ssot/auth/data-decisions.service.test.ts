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

  const ACTIONS = ['erasure_requested', 'data_exported', 'hold_placed', 'hold_lifted'] as const;
  for (const [about, may] of [
    ['themselves', ['yes yes yes', 'yes yes yes', 'no yes yes', 'no yes yes']],
    ['a colleague', ['no yes yes', 'no yes yes', 'no yes yes', 'no yes yes']],
    ['the company', ['no no yes', 'no no yes', 'no no yes', 'no no yes']],
  ] as const) {
    test(`AU-11 who of member, administrator and owner decides about the data of ${about}`, async () => {
      const people = await company('member', 'administrator', 'owner');
      const [colleague] = await company('member');
      const judged = (by: Somebody, action: DataDecision['action']): Promise<string> => {
        const whom = { themselves: by.userId, 'a colleague': colleague.userId, 'the company': undefined }[about];
        return said(auth.dataDecisions.assertMay(by, decided(action, whom)));
      };
      for (const [i, action] of ACTIONS.entries()) {
        const outcomes = await Promise.all(people.map((by) => judged(by, action)));
        const expected = may[i]?.split(' ').map((one) => (one === 'yes' ? 'fine' : 'not_allowed'));
        assert.deepEqual([action, outcomes], [action, expected]);
      }
      clock.advance(10 * 60_000);
      const [, , olga] = people;
      assert.equal(await judged(olga, 'data_exported'), 'step_up_required');
    });
  }

  test('AU-13 what somebody takes along stands in the trail, of a person and of the company', async () => {
    const [olga, dana] = await company('owner', 'member');
    await auth.dataDecisions.note(olga, decided('data_exported', dana.userId));
    await auth.dataDecisions.note(olga, decided('data_exported', undefined));
    const entries = await auth.audit.read(olga.principal.context, { limit: 2 });
    const by = { kind: 'person', id: olga.userId };
    assert.deepEqual(
      entries.map(({ seq: _, at: __, ...entry }) => entry),
      [null, dana.userId].map((subject) => ({ action: 'data_exported', by, subject, address: HOME, details: {} })),
    );
  });

  test('AU-11 from the decision on nobody gets in whose data goes, but who decided it, and no owner goes last', async () => {
    const [olga, omar, ada, dana] = await company('owner', 'owner', 'administrator', 'member');
    const locksOut = (by: Acting, whom: UserId | undefined): Promise<string> =>
      inOneTurn((tx) => auth.dataDecisions.lockOut(tx, by, whom));
    const people = async (): Promise<readonly UserId[]> =>
      (await auth.accounts.list(olga, { limit: 10 })).map(({ userId }) => userId);
    assert.equal(await locksOut(ada, omar.userId), 'not_allowed');
    assert.equal(await locksOut(dana, ada.userId), 'not_allowed');
    assert.equal(await locksOut(ada, stores.ids.next('user')), 'fine');
    assert.equal(await locksOut(ada, undefined), 'not_allowed');
    assert.equal(await locksOut(omar, omar.userId), 'fine');
    assert.equal(await locksOut(dana, dana.userId), 'fine');
    assert.deepEqual(await people(), [olga.userId, ada.userId]);
    const counts = await auth.customerData.count({ tenantId: olga.principal.context.tenantId });
    const known = counts.find(({ place }) => place === 'removed_person');
    assert.equal(known?.rows, 2, 'no provider brings back either of them');
    assert.equal(await locksOut(olga, olga.userId), 'last_owner');
    assert.equal(await locksOut(olga, undefined), 'fine');
    assert.deepEqual(await people(), [olga.userId]);
    clock.advance(1_000);
    for (const gone of [omar, ada, dana])
      assert.equal(await said(auth.tokens.check(gone.access, 'person', HOME)), 'session_ended');
    assert.equal(await said(auth.tokens.check(olga.access, 'person', HOME)), 'fine');
  });

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
