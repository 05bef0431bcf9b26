import { Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { firstToolOn } from '../world/agents-door';
import type { Person } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';
import { reportOf } from '../world/story';

When(
  "{person}, {person} and {person} fetch the result of Dana's first tool, and Dana one that nobody called",
  function (this: RevenueWorld, owner: Person, colleague: Person, stranger: Person) {
    return this.agents.door.fetch(owner, [colleague, stranger], this.connections.ids.next('call'));
  },
);

Then('Dana is given the result that her phone showed', function (this: RevenueWorld) {
  const [{ status, body }] = this.agents.door.results as [(typeof this.agents.door.results)[number]];
  expect({ status, ...body }).to.deep.include({ status: 200, ...firstToolOn(this.cast.person('Dana')) });
});

Then('each of the others is told {string}, in the same words', function (this: RevenueWorld, detail: string) {
  const [, ...others] = this.agents.door.results.map(({ status, body }) => ({ status, ...body }));
  expect(others).to.have.lengthOf(3);
  for (const other of others) expect(other).to.deep.equal({ ...others[0], status: 404, detail });
});

Then(
  "{person} and {person} read the report of Ada's answer among the company's, and {person} reads none",
  async function (this: RevenueWorld, publisher: Person, colleague: Person, stranger: Person) {
    const { door } = this.agents;
    const report = reportOf(await publisher.answerOn('laptop'));
    for (const reader of [publisher, colleague]) {
      const shared = await door.reports(reader);
      expect(shared.map(({ runId, report: read }) => ({ runId, read }))).to.deep.equal([
        { runId: publisher.latestRun, read: report },
      ]);
    }
    expect(await door.reports(stranger)).to.deep.equal([]);
  },
);
