import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { StateKind } from '../../world/modules/state-manager/kinds';
import type { StateRefusal } from '../../world/modules/state-manager/refusals';
import type { Person } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';

When(
  '{person} and {person} write {int} entries into the thread {string}, all at once',
  async function (this: RevenueWorld, first: Person, second: Person, writes: number, id: string) {
    await this.state.writers.writeSideBySide([first.name, second.name], writes, id);
  },
);

Then(
  '{person} finds there {int} entries of {person} and none of anybody else',
  async function (this: RevenueWorld, { name }: Person, count: number, owner: Person) {
    expect(await this.state.writers.ownersFoundBy(name, 'Q3 spend')).to.deep.equal({ [owner.name]: count });
  },
);

When(
  'two instances change {person} note in the thread {string} to {string} and {string} at the same time',
  async function (this: RevenueWorld, { name }: Person, id: string, first: string, second: string) {
    await this.state.writers.changeOnTwoInstances(name, id, [first, second]);
  },
);

When(
  "{int} callers on two instances create {person}'s note in the thread {string} at once",
  async function (this: RevenueWorld, callers: number, { name }: Person, id: string) {
    await this.state.writers.createAtOnce(name, callers, id);
  },
);

Then(
  '{int} of them wins and {int} is/are refused because {state-refusal}',
  function (this: RevenueWorld, won: number, lost: number, { code }: StateRefusal) {
    expect(this.state.writers.won).to.have.length(won);
    expect(this.state.writers.lost.map((refusal) => refusal.code)).to.deep.equal(Array(lost).fill(code));
  },
);

Then(
  'whoever lost is told what stands in the thread {string}, in version {int}',
  async function (this: RevenueWorld, id: string, version: number) {
    const value = await this.state.notes.valueOf(this.cast.lastNamed().name, id);
    for (const { winner } of this.state.writers.lost) expect(winner).to.include({ value, version });
  },
);

Given('somebody has read it in the thread {string} to change it', async function (this: RevenueWorld, id: string) {
  await this.state.writers.readToChange(this.cast.lastNamed().name, id);
});

Given(
  'it was removed from the thread {string} and {string} written instead',
  async function (this: RevenueWorld, id: string, value: string) {
    await this.state.writers.removeAndWriteAgain(this.cast.lastNamed().name, id, value);
  },
);

When(
  'they change what they have read in the thread {string} to {string}',
  async function (this: RevenueWorld, id: string, value: string) {
    await this.state.writers.changeWhatWasRead(this.cast.lastNamed().name, id, value);
  },
);

Then('they are told that {string} stands there', function (this: RevenueWorld, value: string) {
  expect(this.state.notes.refused?.winner).to.include({ value });
});

// Counters

Given(
  "{int} processes are ready to add {int} to {person}'s counter",
  async function (this: RevenueWorld, processes: number, count: number, { name }: Person) {
    await this.state.writers.startProcesses(name, 'add', { processes, count });
  },
);

When('they all begin at the same moment', { timeout: 60_000 }, async function (this: RevenueWorld) {
  await this.state.writers.runTogether();
});

Then("{person}'s counter stands at {count}", async function (this: RevenueWorld, { name }: Person, count: number) {
  expect(await this.state.writers.counted(name)).to.equal(count);
});

Given("somebody changes {person}'s counter without pause", async function (this: RevenueWorld, { name }: Person) {
  await this.state.writers.addWithoutPause(name);
});

When('a distant caller tries to add {count} to it', async function (this: RevenueWorld, amount: number) {
  await this.state.writers.addFromAfar(this.cast.lastNamed().name, amount);
});

Then(
  "nothing of the {count} is in {person}'s counter",
  async function (this: RevenueWorld, amount: number, { name }: Person) {
    expect(this.state.writers.triedToAdd).to.equal(amount);
    expect(await this.state.writers.counted(name)).to.be.below(amount);
  },
);

// Killed

Given(
  'a process is ready to write one {keepable} of {person} after the other',
  async function (this: RevenueWorld, kind: StateKind, { name }: Person) {
    this.state.notes.kind = kind;
    await this.state.writers.startProcesses(name, 'write');
  },
);

When('the process is killed after {int} of them', async function (this: RevenueWorld, reports: number) {
  await this.state.writers.killAfter(reports);
});

Then(
  'at least {int} are listed, and each of them is readable and counted',
  async function (this: RevenueWorld, count: number) {
    const { listed, readable, counted } = await this.state.writers.leftBehind(this.cast.lastNamed().name);
    expect(listed).to.be.at.least(count);
    expect([readable, counted]).to.deep.equal([listed, listed]);
  },
);
