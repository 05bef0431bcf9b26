import { Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import { latestReport } from '../../world/modules/agent-registry/reports';
import type { Person } from '../../world/actors/person';
import type { Tenant } from '../../world/actors/tenant';
import type { RevenueWorld } from '../../world/revenue-world';
import { picos, reportOf } from '../../world/clients/report';

Then('the report says that usage is missing and how to send it', async function (this: RevenueWorld) {
  const report = reportOf(await this.cast.lastNamed().storedAnswer());
  expect(report.verdict).to.equal('insufficient');
  expect(report.missing.join(' '))
    .to.match(/no usage/i)
    .and.to.contain('/v1/usage');
});

Then('the report promises no saving', async function (this: RevenueWorld) {
  expect(reportOf(await this.cast.lastNamed().storedAnswer()).findings).to.deep.equal([]);
});

Then(
  '{report-of} counts as many calls as are stored for {tenant}',
  async function (this: RevenueWorld, person: Person, tenant: Tenant) {
    const report = await latestReport(person);
    expect(report.calls)
      .to.equal(await this.stored.callsOf(tenant))
      .and.to.be.greaterThan(0);
  },
);

Then(
  "the spend in the report equals a sum over {tenant}'s stored calls, worked out outside the platform",
  async function (this: RevenueWorld, tenant: Tenant) {
    const report = reportOf(await this.cast.lastNamed().storedAnswer());
    expect(picos(report.spend?.amount ?? '0')).to.equal(await this.stored.spendOf(tenant));
  },
);

Then('the savings in the report are together no more than the spend', async function (this: RevenueWorld) {
  const report = reportOf(await this.cast.lastNamed().storedAnswer());
  const saved = report.findings.reduce((sum, finding) => sum + picos(finding.saving.amount), 0n);
  const spent = picos(report.spend?.amount ?? '0');
  expect(saved > 0n && saved <= spent, `savings of ${saved} against a spend of ${spent}`).to.equal(true);
});
