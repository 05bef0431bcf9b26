import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PLANS, type TenantContext } from '../kernel';
import { limitsOfPlans, plans, type PlanLimit } from '.';

void test('CF-09 every plan has every limit, as a whole number of at least 1, and nobody can change one', () => {
  const names = Object.keys(plans.free);
  for (const plan of PLANS) {
    assert.deepEqual(Object.keys(plans[plan]), names);
    for (const [name, most] of Object.entries(plans[plan])) {
      assert(Number.isInteger(most) && most >= 1, `${name} of ${plan}`);
    }
    assert.throws(() => Object.assign(plans[plan], { runsPerTenant: 1_000 }), TypeError);
  }
  assert.throws(() => Object.assign(plans, { free: plans.enterprise }), TypeError);
});

void test('CF-09 a larger plan never allows less', () => {
  for (const name of Object.keys(plans.free) as PlanLimit[]) {
    const row = PLANS.map((plan) => plans[plan][name]);
    assert.deepEqual(
      row,
      row.toSorted((a, b) => a - b),
      name,
    );
  }
});

void test('CF-09 a person may have twice as many connections as sign-ins, and at least ten', () => {
  for (const plan of PLANS) {
    const { signInsPerPerson, connectionsPerPerson } = plans[plan];
    assert.equal(connectionsPerPerson, Math.max(10, 2 * signInsPerPerson));
  }
});

void test('CF-09 a company has more room than one of its people alone can take, where both are limited', () => {
  for (const plan of PLANS) {
    const of = plans[plan];
    assert(of.threadsPerTenant > of.threadsPerPerson);
    assert(of.queuedPerTenant > of.queuedPerPerson);
    assert(of.connectionsPerTenant > of.connectionsPerPerson);
  }
});

void test("CF-09 whoever asks has their own plan's limits", async () => {
  const limitsFor = limitsOfPlans(plans);
  for (const plan of PLANS) assert.equal(await limitsFor({ plan } as TenantContext), plans[plan]);
});
