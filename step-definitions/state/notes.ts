import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { StateKind } from '../../world/modules/state-manager/kinds';
import type { StateRefusal } from '../../world/modules/state-manager/refusals';
import type { Person } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';
import type { ThreadAct } from './parameter-types';

Given(
  '{person} has {kept} {string} in the thread {string}',
  async function (this: RevenueWorld, { name }: Person, kind: StateKind, value: string, id: string) {
    await this.state.notes.mustWrite(name, id, value, kind);
  },
);

When(
  '{person} {thread-act} the thread {string}',
  async function (this: RevenueWorld, { name }: Person, act: ThreadAct, id: string) {
    await act(this.state.notes, name, id);
  },
);

Then(
  '{person} finds {found} in the thread {string}',
  async function (this: RevenueWorld, { name }: Person, value: string | undefined, id: string) {
    expect(await this.state.notes.valueOf(name, id)).to.equal(value);
  },
);

Then(
  /^(\w+) finds "(.*)" in the thread "(.*)", in (Redis|PostgreSQL)$/,
  async function (this: RevenueWorld, name: string, value: string, id: string, store: string) {
    const found = await this.state.notes.record(this.cast.person(name as 'Dana').name, { id });
    expect(found).to.include({ value, source: store === 'Redis' ? 'hot' : 'warm' });
  },
);

Then('{person} is/are shown nothing', function (this: RevenueWorld, _: Person) {
  expect(this.state.notes.shown).to.deep.equal([]);
});

Then(
  '{person} is/are refused because {state-refusal}',
  function (this: RevenueWorld, _: Person, { code, says }: StateRefusal) {
    expect(this.state.notes.refused).to.include({ code });
    expect(this.state.notes.refused?.message).to.include(says);
  },
);

Then(
  '{person} note in the thread {string} is in version {int} and ends in {duration}',
  async function (this: RevenueWorld, { name }: Person, id: string, version: number, ms: number) {
    expect(await this.state.notes.record(name, { id })).to.include({ version });
    expect(await this.state.notes.endsInMs(name, id)).to.equal(ms);
  },
);

// What the company shares

When(
  '{person} shares/(has )shared {string} with her company',
  async function (this: RevenueWorld, { name }: Person, what: string) {
    await this.state.notes.share(name, what);
  },
);

Then(
  'what {person} reads of it is still {string}',
  async function (this: RevenueWorld, { name }: Person, what: string) {
    expect(await this.state.notes.shared(name)).to.equal(what);
  },
);

// Releases

Given(
  '{release} release has written a report of {int} USD for {person}',
  async function (this: RevenueWorld, release: StateKind, usd: number, { name }: Person) {
    await this.state.notes.writeReport(name, usd, release);
  },
);

When("today's release reads it", async function (this: RevenueWorld) {
  await this.state.notes.readReport(this.cast.lastNamed().name);
});

Then('the report says {int} USD', function (this: RevenueWorld, usd: number) {
  expect(this.state.notes.shown).to.deep.equal([{ sum: usd }]);
});
