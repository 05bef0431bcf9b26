import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { OddRecord } from '../../world/modules/id-manager/odd-records';
import type { Company } from '../../world/actors/personas';
import type { RevenueWorld } from '../../world/revenue-world';

Given('{mover} has opened a migration', async function (this: RevenueWorld, company: Company) {
  await this.identifiers.migrations.openUnderTheSameId(company);
});

When(
  "a faulty instance opens {mover}'s migration under the same id",
  async function (this: RevenueWorld, company: Company) {
    await this.identifiers.migrations.openUnderTheSameId(company);
  },
);

Then("the store refuses {mover}'s migration", function (this: RevenueWorld, _: Company) {
  expect(this.identifiers.migrations.refused).to.include({ code: 'database_constraint' });
});

Then(
  "{mover}'s migration is open, and {mover} has none",
  async function (this: RevenueWorld, first: Company, second: Company) {
    expect(await this.identifiers.migrations.stateOf(first)).to.deep.equal(['open']);
    expect(await this.identifiers.migrations.stateOf(second)).to.deep.equal([]);
  },
);

Given(
  '{mover} has imported {count} linked records and {odd-record}',
  async function (this: RevenueWorld, company: Company, count: number, odd: OddRecord) {
    await this.identifiers.migrations.importLinked(company, count, odd);
  },
);

Given(
  'the operator has imported a file with {count} linked records of {mover}',
  async function (this: RevenueWorld, count: number, company: Company) {
    await this.identifiers.migrations.importFile(company, count);
    expect(this.identifiers.migrations.last).to.include({ status: 0 });
  },
);

Given('the operator has cut {mover} over', async function (this: RevenueWorld, company: Company) {
  expect(await this.identifiers.migrations.run(company, 'cut-over')).to.include({ status: 0 });
});

Given(
  "{mover}'s migration stands {stage} of the thread {string}",
  async function (this: RevenueWorld, company: Company, stage: number, title: string) {
    await this.identifiers.migrations.advanceTo(company, stage, title);
  },
);

Given(
  "the import of {mover}'s {count} linked records was killed half-way",
  async function (this: RevenueWorld, company: Company, count: number) {
    await this.identifiers.migrations.importAndKill(company, count);
  },
);

Given(
  "PostgreSQL became unreachable half-way through the import of {mover}'s {count} linked records",
  async function (this: RevenueWorld, company: Company, count: number) {
    await this.identifiers.migrations.importAndLosePostgres(company, count);
  },
);

When("the operator asks for {mover}'s cut-over", async function (this: RevenueWorld, company: Company) {
  await this.identifiers.migrations.run(company, 'cut-over');
});

When(
  'the operator withdraws {odd-record} and imports it corrected',
  async function (this: RevenueWorld, odd: OddRecord) {
    await this.identifiers.migrations.correct('Acme', odd);
  },
);

When(
  '{mover} imports/(has )imported the thread {string}',
  async function (this: RevenueWorld, company: Company, title: string) {
    await this.identifiers.migrations.importThreads(company, title);
  },
);

When(
  '{mover} imports the thread {string} and its own thread {string}',
  async function (this: RevenueWorld, company: Company, foreign: string, own: string) {
    await this.identifiers.migrations.importThreads(company, foreign, own);
  },
);

When(
  'two workers import the same {count} records of {mover} at the same time',
  async function (this: RevenueWorld, count: number, company: Company) {
    await this.identifiers.migrations.importByTwoWorkers(company, count);
  },
);

When('it is started again', async function (this: RevenueWorld) {
  await this.identifiers.migrations.importAgain('Acme');
});

When(
  "{mover}'s thread {string} is looked up by its UUID",
  async function (this: RevenueWorld, company: Company, title: string) {
    await this.identifiers.migrations.lookUp(company, title);
  },
);

Then('the operator reads {string}', function (this: RevenueWorld, text: string) {
  expect(this.identifiers.migrations.read).to.include(text);
});

Then(
  "each of {mover}'s {count} records has the one id of its UUID, and its parent",
  async function (this: RevenueWorld, company: Company, count: number) {
    expect(await this.identifiers.migrations.misplaced(company, count)).to.deep.equal([]);
  },
);

Then(/^(Acme)'s migration is (open|over)$/, async function (this: RevenueWorld, company: Company, state: string) {
  expect(await this.identifiers.migrations.stateOf(company)).to.deep.equal([state]);
  expect(await this.identifiers.migrations.mayCutOver(company)).to.equal(state === 'over');
});

Then('the report of {mover} says {string}', async function (this: RevenueWorld, company: Company, totals: string) {
  expect(await this.identifiers.migrations.report(company)).to.equal(totals.replaceAll(/(\d),(\d)/g, '$1$2'));
});

Then('{mover} may cut over', async function (this: RevenueWorld, company: Company) {
  expect(await this.identifiers.migrations.mayCutOver(company)).to.equal(true);
});

Then(
  "{mover}'s thread {string} has {new-id}",
  async function (this: RevenueWorld, company: Company, title: string, isNew: boolean) {
    const { migrations } = this.identifiers;
    expect(await migrations.newIdOf(company, title)).to.equal(isNew ? migrations.idOf(title) : undefined);
  },
);

Then(
  'together they report {count} converted and {count} already imported',
  function (this: RevenueWorld, converted: number, already: number) {
    expect(this.identifiers.migrations.totals).to.deep.equal({ converted, already, refused: 0 });
  },
);

Then('only whole batches had been kept, and none of their records is converted again', function (this: RevenueWorld) {
  const { kept, brought, totals } = this.identifiers.migrations;
  expect(kept % 1_000).to.equal(0);
  expect(totals).to.deep.equal({ converted: brought.length - kept, already: kept, refused: 0 });
});

Then('the first attempt had asked to be run again', function (this: RevenueWorld) {
  expect(this.identifiers.migrations.interrupted).to.include({ status: 75 });
});

Then(/^the migration answers with (nothing|its new id)$/, function (this: RevenueWorld, answer: string) {
  const { idOf, lookedUp } = this.identifiers.migrations;
  expect(lookedUp?.byMigration).to.equal(answer === 'nothing' ? undefined : idOf('Q3 spend'));
});

Then('every other reader refuses the plain UUID', function (this: RevenueWorld) {
  expect(this.identifiers.migrations.lookedUp?.elsewhere).to.deep.equal(['id_bare_uuid', 'id_bare_uuid']);
});

Then("a new thread gets an id that carries today's date", async function (this: RevenueWorld) {
  const { origin, issuedAt } = await this.identifiers.migrations.describeNewThread();
  expect(origin).to.equal('issued');
  expect(Date.now() - Date.parse(issuedAt)).to.be.within(0, 60_000);
});
