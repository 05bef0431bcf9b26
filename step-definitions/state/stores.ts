import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { eventually } from '../../world/eventually';
import type { Person } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';

When(
  "everything that Redis and PostgreSQL hold of {person}'s company is searched",
  async function (this: RevenueWorld, { name }: Person) {
    await this.state.stored.search(name);
  },
);

Then('her thread is found there, and {string} is not', function (this: RevenueWorld, words: string) {
  const [inRedis, inPostgres] = this.state.stored.searched;
  this.state.notes.assertWritten(words);
  for (const text of [inRedis, inPostgres]) expect(text).to.include('Q3%20spend').and.not.to.include(words);
});

Given("Dana's stored bytes were copied over Ravi's", async function (this: RevenueWorld) {
  await this.state.stored.copy('Dana', 'Ravi');
});

Given("{person}'s stored bytes were/are damaged", async function (this: RevenueWorld, { name }: Person) {
  await this.state.stored.damage(name);
});

When("Redis loses everything of {person}'s company", async function (this: RevenueWorld, { name }: Person) {
  await this.state.notes.instances.wipe(name);
});

Given(
  'Redis came back with its copy of that, after {person} had settled on {string}',
  async function (this: RevenueWorld, { name }: Person, value: string) {
    await this.state.stored.comeBackOlder(name, () => this.state.notes.mustWrite(name, 'Q3 spend', value));
  },
);

// Other instances

When('another instance takes over', async function (this: RevenueWorld) {
  await this.state.notes.serveWith();
});

Given('another instance has read it in the thread {string}', async function (this: RevenueWorld, id: string) {
  expect(await this.state.notes.readElsewhere(this.cast.lastNamed().name, id)).not.to.equal(undefined);
});

Then(
  /^(?:the other|another) instance finds (?:"(.*)"|nothing) in the thread "(.*)"$/,
  async function (this: RevenueWorld, value: string | undefined, id: string) {
    const { name } = this.cast.lastNamed();
    await eventually(async () => expect(await this.state.notes.readElsewhere(name, id)).to.equal(value));
  },
);

When('another instance has looked for changes that were left behind', async function (this: RevenueWorld) {
  await this.state.faults.deliverWhatWasLeftBehind();
});

// What is forgotten

When('{person} erases {person}', async function (this: RevenueWorld, by: Person, whom: Person) {
  await this.state.notes.erase(by.name, whom.name);
});

Given('{person} has erased herself', async function (this: RevenueWorld, { name }: Person) {
  await this.state.notes.erase(name, name);
  expect(this.state.notes.refused).to.equal(undefined);
});

Then(
  "neither store names {person}, but for Redis' mark that she was erased",
  async function (this: RevenueWorld, { name }: Person) {
    expect(await this.state.stored.keysNaming(name)).to.deep.equal([]);
    expect((await this.state.stored.rows(name)).join('\n')).not.to.include(this.state.who(name).userId);
  },
);
