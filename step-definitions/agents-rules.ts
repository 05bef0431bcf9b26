import { defineParameterType, Then, When, type DataTable } from '@cucumber/cucumber';
import { expect } from 'chai';
import { BAD_DEFINITIONS, listed, type BadDefinition } from '../world/agents-rules';
import type { RevenueWorld } from '../world/revenue-world';

const definitions = Object.keys(BAD_DEFINITIONS).join('|');
defineParameterType({ name: 'bad-definition', regexp: new RegExp(definitions), transformer: (words: string) => words });

When('a run that is {string} meets {string}', function (this: RevenueWorld, state: string, cause: string) {
  this.agents.rules.change(state, cause);
});

Then('it is {string} from then on', function (this: RevenueWorld, next: string) {
  expect(this.agents.rules.next).to.equal(next);
});

When(
  'each of the {int} states meets each of the {int} causes',
  function (this: RevenueWorld, states: number, causes: number) {
    this.agents.rules.changeEach();
    expect(this.agents.rules.changes).to.have.lengthOf(states * causes);
  },
);

Then(
  '{int} changes are made, and the other {int} are refused by their names',
  function (this: RevenueWorld, made: number, others: number) {
    const refused = this.agents.rules.changes.filter(({ to }) => typeof to === 'object');
    expect([this.agents.rules.changes.length - refused.length, refused.length]).to.deep.equal([made, others]);
    for (const { from, by, to } of refused) expect(to).to.deep.equal({ refused: true, state: from, cause: by });
  },
);

When(
  'of a spend of {string} these savings are possible: {string}',
  function (this: RevenueWorld, spend: string, possible: string) {
    this.agents.rules.find(spend, possible);
  },
);

Then('these savings are told: {string}', function (this: RevenueWorld, told: string) {
  expect(this.agents.rules.toldSavings).to.deep.equal(listed(told));
});

When('{int} lists of possible savings are looked through', function (this: RevenueWorld, times: number) {
  this.agents.rules.problems = this.agents.rules.findMany(times);
});

Then(
  'each time the told ones are among the possible, largest first, ten at most, and none is below one hundredth',
  function (this: RevenueWorld) {
    expect(this.agents.rules.problems).to.deep.equal([]);
  },
);

When('the catalogue is asked for the kind {string}', function (this: RevenueWorld, kind: string) {
  return this.agents.attempt(() => this.agents.rules.askFor('agent', kind));
});

When('the catalogue is asked for the tool {string}', function (this: RevenueWorld, name: string) {
  return this.agents.attempt(() => this.agents.rules.askFor('tool', name));
});

Then('it is refused as {string} because {string}', function (this: RevenueWorld, code: string, message: string) {
  expect(this.agents.refused).to.include({ code, message, retryable: false });
});

Then('the catalogue reads:', function (this: RevenueWorld, table: DataTable) {
  expect(this.agents.rules.catalogueRows()).to.deep.equal(table.hashes());
});

Then('the tools read:', function (this: RevenueWorld, table: DataTable) {
  expect(this.agents.rules.toolRows()).to.deep.equal(table.hashes());
});

When('a catalogue is made with {bad-definition}', function (this: RevenueWorld, change: BadDefinition) {
  this.agents.rules.catalogue(change);
});

Then(
  '{string} is refused as {string} because {}',
  function (this: RevenueWorld, name: string, code: string, quoted: string) {
    expect(this.agents.rules.made?.refused[0]).to.deep.equal({ name, code, message: quoted.slice(1, -1) });
  },
);

Then('the others stay', function (this: RevenueWorld) {
  expect(this.agents.rules.made?.refused).to.have.lengthOf(1);
  expect(this.agents.rules.made?.catalogue.kinds).to.include.members(['triage', 'optimisation', 'reporting']);
});

When('somebody tries to change a made catalogue, an agent in it, its tools and a tool', function (this: RevenueWorld) {
  this.agents.rules.problems = this.agents.rules.meddle();
});

Then('each change is refused, and what was handed in may change without effect', function (this: RevenueWorld) {
  expect(this.agents.rules.problems).to.deep.equal([]);
});
