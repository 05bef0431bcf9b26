import { Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { latestReport } from '../../world/modules/agent-registry/reports';
import { toolCallsIn } from '../../world/modules/agent-registry/results';
import type { Person } from '../../world/person';
import type { RevenueWorld } from '../../world/revenue-world';

When(
  '{person} {shares} {report-of}',
  function (this: RevenueWorld, person: Person, how: 'shares' | 'takes back', owner: Person) {
    return this.results.share(person, owner, how);
  },
);

Then(
  "{person} reads {report-of} among the company's",
  async function (this: RevenueWorld, person: Person, owner: Person) {
    const shared = await this.results.sharedWith(person);
    expect(shared.map(({ runId, report }) => ({ runId, report }))).to.deep.equal([
      { runId: owner.latestRun, report: await latestReport(owner) },
    ]);
  },
);

Then("{person} reads no report among the company's", async function (this: RevenueWorld, person: Person) {
  expect(await this.results.sharedWith(person)).to.deep.equal([]);
});

When(
  "{person}, {person} and {person} fetch the result of Dana's first tool, and Dana one that nobody called",
  function (this: RevenueWorld, owner: Person, colleague: Person, stranger: Person) {
    return this.results.fetch(owner, [colleague, stranger], this.connections.ids.next('call'));
  },
);

Then('Dana is given the result that her phone showed', function (this: RevenueWorld) {
  const [given] = this.results.fetched;
  const [{ tool, outcome, result }] = toolCallsIn(this.cast.person('Dana').storyOn('phone')) as [
    ReturnType<typeof toolCallsIn>[number],
  ];
  expect({ status: given?.status, ...given?.body }).to.deep.include({ status: 200, tool, outcome, result });
});

Then('each of the others is told {string}, in the same words', function (this: RevenueWorld, detail: string) {
  const [, ...others] = this.results.fetched.map(({ status, body }) => ({ status, ...body }));
  expect(others).to.have.lengthOf(3);
  for (const other of others) expect(other).to.deep.equal({ ...others[0], status: 404, detail });
});
