import { Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { sharedBy, toolCallsIn, type SharingAct, type ToolCall } from '../../world/modules/agent-registry/results';
import type { Person } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';

When('{person} {shares} {report-of}', function (this: RevenueWorld, person: Person, how: SharingAct, owner: Person) {
  return this.results.share(person, owner, how);
});

Then(
  "{person} reads {found-report} among the company's",
  async function (this: RevenueWorld, person: Person, owner: Person | null) {
    expect(await this.results.sharedWith(person)).to.deep.equal(owner === null ? [] : [await sharedBy(owner)]);
  },
);

When(
  "{person}, {person} and {person} fetch the result of Dana's first tool, and Dana one that nobody called",
  function (this: RevenueWorld, owner: Person, colleague: Person, stranger: Person) {
    return this.results.fetch(owner, [colleague, stranger], this.connections.ids.next('call'));
  },
);

Then('Dana is given the result that her phone showed', function (this: RevenueWorld) {
  const { agent: _, ...shown } = toolCallsIn(this.cast.person('Dana').storyOn('phone'))[0] as ToolCall;
  expect(this.results.given).to.deep.include({ status: 200, ...shown });
});

Then('each of the others is told {string}, in the same words', function (this: RevenueWorld, detail: string) {
  const { refused } = this.results;
  expect(refused).to.deep.equal(Array(3).fill({ ...refused[0], status: 404, detail }));
});
