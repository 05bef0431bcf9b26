import { Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { phrases } from '../../support/phrases';
import { USES } from '../../world/modules/analytics/savings';
import type { RevenueWorld } from '../../world/revenue-world';
import type { Tenant } from '../../world/actors/tenant';

type Use = (typeof USES)[string];

phrases('use', USES);
phrases<string>('waste', {
  'failed or superseded calls': 'failed_or_superseded',
  'a repeated prompt': 'repeated_prompt',
  'what can be batched': 'batchable',
  'an opening to cache': 'cacheable_opening',
  'a small call on a large model': 'small_call_on_large_model',
});

When(
  'a program of {tenant} reports {use}, and apart from it {use}',
  function (this: RevenueWorld, tenant: Tenant, inside: Use, outside: Use) {
    return this.savings.report(tenant.name, [inside, outside]);
  },
);

When(
  'a program of {tenant} reports {int} calls that fit every kind',
  function (this: RevenueWorld, tenant: Tenant, count: number) {
    return this.savings.reportThatFitAll(tenant.name, count);
  },
);

Then(
  'the first is a saving of {string} for {waste}, and the second none of that kind',
  function (this: RevenueWorld, saving: string, kind: string) {
    expect(this.savings.of(0)).to.deep.equal([`${kind} ${saving}`]);
    expect(this.savings.of(1).filter((other) => other.startsWith(kind))).to.deep.equal([]);
  },
);

Then(
  'it is told of one saving, for {waste}, of {int} calls',
  function (this: RevenueWorld, kind: string, calls: number) {
    expect(this.savings.found[0]?.map((one) => [one.kind, one.calls])).to.deep.equal([[kind, calls]]);
  },
);

Then('that is as much as {tenant} has spent', function (this: RevenueWorld, _tenant: Tenant) {
  expect(this.savings.of(0)).to.deep.equal([`failed_or_superseded ${this.savings.spend}`]);
});
