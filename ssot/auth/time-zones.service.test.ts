import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openTestAuth } from '../../support/module-tests/auth/auth';
import { stores } from '../../support/module-tests/stores';
import { openUsage } from '../../world/modules/analytics/analytics-under-test';
import { addressOf } from '../../world/settings';
import type { Analytics } from '../analytics';
import { vouchFor, type Permission, type TenantId } from '../kernel';
import type { Acting, Auth, Operator } from './contract';

const HOME = '198.51.100.71';

describe('the time zone of a company', () => {
  let usage: Analytics;
  let auth: Auth;
  let operator: Operator;
  before(async () => {
    usage = await openUsage();
    auth = await openTestAuth({ isTimeZone: (name) => usage.isTimeZone(name) });
    operator = await auth.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), HOME);
  });
  after(() => usage[Symbol.asyncDispose]());

  const company = (): Promise<TenantId> => auth.provisioning.createTenant(operator, { name: 'Acme', plan: 'early' });
  const somebodyOf = (tenantId: TenantId, permissions: readonly Permission[]): Acting => {
    const context = vouchFor({ tenantId, userId: stores.ids.next('user'), plan: 'early', permissions });
    return { principal: { context }, address: HOME } as Acting;
  };

  test('AG-18 is UTC until it is set, by an operator or by whoever sets what the company has set', async () => {
    const tenantId = await company();
    const other = await company();
    assert.equal(await auth.accounts.zoneOf(tenantId), 'UTC');
    await auth.provisioning.setTimeZone(operator, tenantId, 'Europe/Berlin');
    assert.equal(await auth.accounts.zoneOf(tenantId), 'Europe/Berlin');
    await auth.accounts.setTimeZone(somebodyOf(tenantId, ['settings:write']), 'Asia/Kolkata');
    assert.deepEqual(
      [await auth.accounts.zoneOf(tenantId), await auth.accounts.zoneOf(other)],
      ['Asia/Kolkata', 'UTC'],
    );
    await auth.provisioning.setTimeZone(operator, tenantId, 'UTC');
    assert.equal(await auth.accounts.zoneOf(tenantId), 'UTC');
  });

  test('AG-18 is set by nobody without the right to', async () => {
    const tenantId = await company();
    const member = somebodyOf(tenantId, ['chat:use', 'usage:read', 'settings:read']);
    await assert.rejects(auth.accounts.setTimeZone(member, 'Europe/Berlin'), { code: 'not_allowed' });
    await assert.rejects(auth.provisioning.setTimeZone({ ...operator }, tenantId, 'UTC'), { code: 'operator_unknown' });
    assert.equal(await auth.accounts.zoneOf(tenantId), 'UTC');
  });

  for (const name of ['+05:30', 'GMT+5', 'europe/berlin', 'Mars/Olympus', '', 'Europe/Berlin\0']) {
    test(`AG-18 ${JSON.stringify(name)} is no time zone, and nothing is changed`, async () => {
      const tenantId = await company();
      const advice = 'Name one of the IANA list, such as Europe/Berlin.';
      const message = `"timeZone" is not a time zone that is known here. ${advice}`;
      const refusal = { code: 'invalid_input', field: 'timeZone', retryable: false, message };
      await assert.rejects(auth.provisioning.setTimeZone(operator, tenantId, name), refusal);
      await assert.rejects(auth.accounts.setTimeZone(somebodyOf(tenantId, ['settings:write']), name), refusal);
      assert.equal(await auth.accounts.zoneOf(tenantId), 'UTC');
    });
  }

  test('AG-18 a company that is not there has none to set', async () => {
    const nobody = stores.ids.next('tenant');
    await assert.rejects(auth.provisioning.setTimeZone(operator, nobody, 'UTC'), { code: 'not_found' });
    assert.equal(await auth.accounts.zoneOf(nobody), 'UTC');
  });

  test('AG-18 where nobody knows time zones UTC is the only one', async () => {
    const alone = await openTestAuth();
    const by = await alone.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), HOME);
    const tenantId = await company();
    const refusal = { code: 'invalid_input', field: 'timeZone' };
    await assert.rejects(alone.provisioning.setTimeZone(by, tenantId, 'Europe/Berlin'), refusal);
    await alone.provisioning.setTimeZone(by, tenantId, 'UTC');
    assert.equal(await alone.accounts.zoneOf(tenantId), 'UTC');
  });

  test('AG-18 who set it to what stands in the audit trail', async () => {
    const tenantId = await company();
    const owner = somebodyOf(tenantId, ['settings:write', 'audit:read']);
    await auth.provisioning.setTimeZone(operator, tenantId, 'Europe/Berlin');
    await auth.accounts.setTimeZone(owner, 'Asia/Kolkata');
    const entries = await auth.audit.read(owner.principal.context, { limit: 2 });
    assert.deepEqual(
      entries.map(({ action, by, subject, address, details }) => ({ action, by, subject, address, details })),
      [
        { by: { kind: 'person', id: owner.principal.context.userId }, details: { timeZone: 'Asia/Kolkata' } },
        { by: { kind: 'operator', id: operator.name }, details: { timeZone: 'Europe/Berlin' } },
      ].map((entry) => ({ action: 'time_zone_changed', subject: null, address: HOME, ...entry })),
    );
  });
});
