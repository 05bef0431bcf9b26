import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { openTestAuth, PASSWORD } from '../../../support/module-tests/auth/auth';
import { said } from '../../../support/module-tests/said';
import { stores } from '../../../support/module-tests/stores';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { addressOf } from '../../../world/settings';
import { rowsIn, servicePrincipal, type Subject, type TenantId, type UserId } from '../../kernel';
import type { Acting, Auth, Operator } from '../contract';

const HOME = '198.51.100.88';
const clock = new ControlledClock();

describe('somebody who is removed while the law holds what is theirs', () => {
  let auth: Auth;
  let operator: Operator;
  const held = new Set<string>();
  before(async () => {
    const isHeld = (_: unknown, { tenantId, userId }: Subject): Promise<boolean> =>
      Promise.resolve(held.has(tenantId) || held.has(userId ?? ''));
    auth = await openTestAuth({ clock, isHeld });
    operator = await auth.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), HOME);
  });

  async function somebody(tenantId: TenantId, role: 'owner' | 'administrator') {
    const email = `${stores.ids.next('req')}@acme.example`;
    const person = { name: 'Dana of the lawsuit', email, password: PASSWORD, role };
    const userId = await auth.provisioning.addPerson(operator, tenantId, person);
    const signIn = () => auth.signIn.withPassword({ email, password: PASSWORD, device: 'laptop', address: HOME });
    const { access, refresh } = (await signIn()).tokens;
    const acting: Acting = { principal: await auth.tokens.check(access, 'person', HOME), address: HOME };
    return { userId, email, person, signIn, acting, access, refresh };
  }

  async function begin() {
    const tenantId = await auth.provisioning.createTenant(operator, { name: 'Acme', plan: 'enterprise' });
    const [olga, dana] = [await somebody(tenantId, 'owner'), await somebody(tenantId, 'administrator')];
    const subject = { tenantId, userId: dana.userId };
    const kept = async (): Promise<readonly unknown[]> => {
      const records: unknown[] = [];
      for await (const one of auth.customerData.export(subject)) records.push(one);
      return records;
    };
    const count = async (): Promise<number> => rowsIn(await auth.customerData.count(subject));
    const lift = async (userId?: UserId): Promise<void> => {
      const decision = { action: 'hold_lifted', ...(userId !== undefined && { userId }) } as const;
      const db = await stores.database();
      await db.asService(servicePrincipal('customer-data'), (tx) =>
        auth.dataDecisions.record(tx, olga.acting, decision),
      );
    };
    return { tenantId, olga, dana, subject, kept, count, lift };
  }

  test('SP-08 gets in nowhere any more, and is no member, while all that was kept of them stays', async () => {
    const { olga, dana, kept } = await begin();
    const { secretShownOnce } = await auth.apiKeys.create(dana.acting, { name: 'Nightly', scopes: ['usage:read'] });
    const before = await kept();
    assert(JSON.stringify(before).includes(dana.email));
    held.add(dana.userId);
    await auth.accounts.remove(olga.acting, dana.userId);
    clock.advance(1_000);
    assert.equal(await said(auth.tokens.check(dana.access, 'person', HOME)), 'session_ended');
    assert.equal(await said(auth.sessions.renew(dana.refresh, 'laptop', HOME)), 'session_ended');
    assert.equal(await said(auth.tokens.check(secretShownOnce, 'any', HOME)), 'token_invalid');
    assert.equal(await said(dana.signIn()), 'invalid_credentials');
    const people = await auth.accounts.list(olga.acting, { limit: 10 });
    assert.deepEqual(
      people.map(({ userId }) => userId),
      [olga.userId],
    );
    assert.deepEqual(await kept(), before);
  });

  test('SP-08 may be added again with their e-mail, as somebody else', async () => {
    const { olga, dana, kept, tenantId } = await begin();
    held.add(dana.userId);
    await auth.accounts.remove(olga.acting, dana.userId);
    const again = await auth.provisioning.addPerson(operator, tenantId, dana.person);
    assert.notEqual(again, dana.userId);
    assert(JSON.stringify(await kept()).includes(dana.email));
  });

  test('SP-08 goes with the last hold that speaks of them', async () => {
    const { olga, dana, count, lift, tenantId } = await begin();
    held.add(tenantId).add(dana.userId);
    await auth.accounts.remove(olga.acting, dana.userId);
    held.delete(tenantId);
    await lift();
    assert((await count()) > 0);
    held.delete(dana.userId);
    await lift(dana.userId);
    assert.equal(await count(), 0);
  });

  test('SP-09 is gone once they are erased, and leaves nothing where no hold speaks of them', async () => {
    const { olga, dana, count, subject } = await begin();
    held.add(dana.userId);
    await auth.accounts.remove(olga.acting, dana.userId);
    await auth.customerData.erase(subject);
    assert.equal(await count(), 0);
    const other = await begin();
    await auth.accounts.remove(other.olga.acting, other.dana.userId);
    assert.equal(await other.count(), 0);
  });
});
