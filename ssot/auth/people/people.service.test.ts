import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { openTestAuth } from '../../../support/module-tests/auth/auth';
import { stores } from '../../../support/module-tests/stores';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { Network } from '../../../world/actors/network';
import { addressOf, OPERATOR } from '../../../world/settings';
import { type TenantId, type UserId } from '../../kernel';
import type { Auth, Operator } from '../contract';

const HOME = '198.51.100.2';
const clock = new ControlledClock();

describe('people of a company', () => {
  let auth: Auth;
  let operator: Operator;

  before(async () => {
    auth = await openTestAuth({ clock });
    operator = await auth.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), HOME);
  });

  async function company(...names: string[]): Promise<{ tenantId: TenantId; people: UserId[] }> {
    const tenantId = await auth.provisioning.createTenant(operator, { name: 'Acme', plan: 'early' });
    const people: UserId[] = [];
    for (const name of names) {
      const email = `${stores.ids.next('req')}@acme.example`;
      const password = 'a password that is long enough';
      people.push(await auth.provisioning.addPerson(operator, tenantId, { name, email, password, role: 'member' }));
    }
    return { tenantId, people };
  }

  test('AU-05 the right key of an operator is let in at once, whatever was tried from its address before', async () => {
    const address = new Network().address();
    for (let i = 0; i < 10; i += 1) {
      await assert.rejects(auth.provisioning.recognise(`guess ${i}`, address), { code: 'operator_unknown' });
    }
    await assert.rejects(auth.provisioning.recognise('one more', address), { code: 'rate_limited' });
    const recognised = await auth.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), address);
    assert.deepEqual(
      { ...recognised },
      { name: OPERATOR, address, permissions: ['operations:read', 'operations:write'] },
    );
    assert(Object.isFrozen(recognised) && Object.isFrozen(recognised.permissions));
  });

  test('AU-04 nobody of a suspended company has any right, and all have theirs again when it is back', async () => {
    const { tenantId, people } = await company('Dana');
    const [dana] = people as [UserId];
    const rights = async (): Promise<readonly string[]> => (await auth.accounts.contextFor(tenantId, dana)).permissions;
    const before = await rights();
    assert.ok(before.includes('chat:use'));
    await auth.provisioning.suspendTenant(operator, tenantId);
    assert.deepEqual(await rights(), []);
    await auth.provisioning.restoreTenant(operator, tenantId);
    assert.deepEqual(await rights(), before);
  });

  test('AU-11 names of colleagues are told, and of nobody else', async () => {
    const acme = await company('Dana', 'Ravi');
    const birch = await company('Leo');
    const [dana, ravi] = acme.people as [UserId, UserId];
    const [leo] = birch.people as [UserId];
    const ctx = await auth.accounts.contextFor(acme.tenantId, dana);
    const names = await auth.accounts.namesOf(ctx, [ravi, leo, dana, 'nonsense']);
    assert.deepEqual(Object.fromEntries(names), { [dana]: 'Dana', [ravi]: 'Ravi' });
    assert.equal((await auth.accounts.namesOf(ctx, [])).size, 0);
  });

  test('AG-02 colleagues are found by a word of their names, and nobody of another company', async () => {
    const acme = await company('Dana', 'Ravi Özil', 'Ravi Lin');
    await company('Ravi');
    const [dana] = acme.people as [UserId];
    const ctx = await auth.accounts.contextFor(acme.tenantId, dana);
    const found = async (...words: string[]): Promise<readonly string[]> => [
      ...(await auth.accounts.findByName(ctx, words)).values(),
    ];
    assert.deepEqual(await found('ravi', 'nobody'), ['Ravi Lin', 'Ravi Özil']);
    assert.deepEqual(await found('Özil'), ['Ravi Özil']);
    assert.deepEqual(await found('rav'), []);
    assert.deepEqual(await auth.accounts.profile(ctx), { name: 'Dana', company: 'Acme', role: 'member' });
    assert.deepEqual(await found(), []);
  });
});
