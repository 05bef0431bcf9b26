import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { openTestAuth, PASSWORD } from '../../../support/module-tests/auth/auth';
import { stores } from '../../../support/module-tests/stores';
import { addressOf } from '../../../world/settings';
import { vouchFor, type TenantId } from '../../kernel';
import type { Auth, NewTenant, Operator } from '../contract';

const newKey = (): string => stores.ids.next('req');
const newEmail = (): string => `${stores.ids.next('req')}@acme.example`;

describe('creating a company, with a key', () => {
  let auth: Auth;
  let operator: Operator;
  before(async () => {
    auth = await openTestAuth();
    operator = await auth.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), '198.51.100.72');
  });

  const create = (tenant: NewTenant, key?: string): Promise<TenantId> =>
    auth.provisioning.createTenant(operator, tenant, key);
  const withOwner = (email = newEmail(), password = PASSWORD): NewTenant => ({
    ...{ name: 'Acme', plan: 'early' },
    owner: { name: 'Olga', email, password },
  });

  /** What was decided about a company, oldest first. */
  async function decisions(tenantId: TenantId): Promise<readonly string[]> {
    const rights = { plan: 'early', permissions: ['audit:read'] } as const;
    const owner = vouchFor({ tenantId, userId: stores.ids.next('user'), ...rights });
    return (await auth.audit.read(owner, { limit: 10 })).map(({ action }) => action).toReversed();
  }

  test('AU-11 the same request again, or ten times at one moment, is one company with one owner', async () => {
    const [tenant, key] = [withOwner(), newKey()];
    const ids = await Promise.all(Array.from({ length: 10 }, () => create(tenant, key)));
    const again = await create(tenant, key);
    assert.deepEqual(new Set([...ids, again]).size, 1);
    assert.deepEqual(await decisions(again), ['company_created', 'person_added']);
  });

  test('AU-11 two instances that are asked the same at one moment create one company', async () => {
    const other = await openTestAuth();
    const same = await other.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), '198.51.100.73');
    for (let round = 0; round < 20; round++) {
      const [tenant, key]: [NewTenant, string] = [{ name: 'Acme', plan: 'free' }, newKey()];
      const ids = await Promise.all([create(tenant, key), other.provisioning.createTenant(same, tenant, key)]);
      assert.equal(ids[0], ids[1]);
    }
  });

  for (const [what, other] of [
    ['name', (tenant: NewTenant): NewTenant => ({ ...tenant, name: 'Birch' })],
    ['plan', (tenant: NewTenant): NewTenant => ({ ...tenant, plan: 'mid' })],
    ['owner', (): NewTenant => withOwner()],
    ['no owner', ({ owner: _, ...tenant }: NewTenant): NewTenant => tenant],
  ] as const) {
    test(`AU-11 another ${what} under a key that was used is refused, and nothing comes of it`, async () => {
      const [tenant, key] = [withOwner(), newKey()];
      const id = await create(tenant, key);
      const message = 'This Idempotency-Key belongs to another company. Give each new company its own.';
      const refusal = { code: 'idempotency_key_reused', field: 'idempotency-key', retryable: false, message };
      await assert.rejects(create(other(tenant), key), refusal);
      assert.equal(await create(tenant, key), id);
      assert.deepEqual(await decisions(id), ['company_created', 'person_added']);
    });
  }

  test('AU-11 without a key, and under another one, it is another company', async () => {
    const tenant: NewTenant = { name: 'Acme', plan: 'free' };
    const ids = [
      await create(tenant),
      await create(tenant),
      await create(tenant, newKey()),
      await create(tenant, newKey()),
    ];
    assert.equal(new Set(ids).size, 4);
  });
});
