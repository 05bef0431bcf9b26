import { Given, Then, When, type DataTable } from '@cucumber/cucumber';
import { expect } from 'chai';
import { connectionOf } from '../../world/modules/websocket-manager/calls';
import type { Person, Tab } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';

When(
  'a program of {person} sends the same message {int} times at once',
  function (this: RevenueWorld, person: Person, count: number) {
    return this.calls.sendAtOnce(person, count);
  },
);

Then(
  '{int} of them are taken, and {int} is told {string}, to go on within {duration}',
  function (this: RevenueWorld, taken: number, refused: number, code: string, ms: number) {
    const { outcomes, waitsMs } = this.calls;
    expect(outcomes).to.have.members([...Array<string>(taken).fill('taken'), ...Array<string>(refused).fill(code)]);
    expect([waitsMs.length, waitsMs.filter((wait) => !(wait >= 1 && wait <= ms))]).to.deep.equal([2 * refused, []]);
  },
);

Then(
  '{tab} is told {string} when it sends one more',
  async function (this: RevenueWorld, { person, name }: Tab, code: string) {
    await person.sayAndBeRefused('And last year?', name);
    expect(person.device(name).refusals()).to.deep.equal([code]);
  },
);

When('a program of {person} sends what cannot be kept', function (this: RevenueWorld, person: Person) {
  return this.calls.sendUnkeepable(person);
});

Then('it is refused each time, and told what to mend:', function (this: RevenueWorld, table: DataTable) {
  expect(this.calls.refused).to.deep.equal(table.rows());
});

Then('the only thread there is is {string}, and it holds nothing', async function (this: RevenueWorld, title: string) {
  const person = this.cast.lastNamed();
  expect(await person.listedThreads()).to.deep.equal([title]);
  expect(await person.storedEvents()).to.deep.equal([]);
});

When(
  '{person} looks at the devices she has open, and closes {tab}',
  async function (this: RevenueWorld, person: Person, { name }: Tab) {
    await this.calls.look(person);
    expect(await this.calls.close(person, connectionOf(person.device(name)))).to.equal('closed');
  },
);

Then(
  'she was shown {string} and {string}, and then only {string}',
  async function (this: RevenueWorld, first: string, second: string, left: string) {
    expect(this.calls.devices).to.have.members([first, second]);
    await this.calls.looksUntil(this.cast.lastNamed(), 1);
    expect(this.calls.devices).to.deep.equal([left]);
  },
);

When(
  '{person} and {person} try to close {tab}, and Dana a device that was never opened',
  async function (this: RevenueWorld, one: Person, other: Person, { person, name }: Tab) {
    const id = connectionOf(person.device(name));
    this.calls.refused = [
      [await this.calls.close(one, id)],
      [await this.calls.close(other, id)],
      [await this.calls.close(person, `${id.slice(0, -6)}000000`)],
    ];
  },
);

Then('each is told {string}, and {tab} stays open', async function (this: RevenueWorld, told: string, tab: Tab) {
  expect(this.calls.refused).to.deep.equal([[told], [told], [told]]);
  await tab.person.device(tab.name).pingPong();
});

Given(
  '{person} has opened the threads {string}, {string} and {string} one after the other',
  function (this: RevenueWorld, person: Person, first: string, second: string, third: string) {
    return this.calls.openInTurn(person, [first, second, third]);
  },
);

When(
  'a program of {person} lists {int} of them, and then those that are older',
  function (this: RevenueWorld, person: Person, limit: number) {
    return this.calls.turnPages(person, limit);
  },
);

Then(
  'it reads {string}, {string} and then only {string}',
  function (this: RevenueWorld, first: string, second: string, third: string) {
    expect(this.calls.pages).to.deep.equal([[first, second], [third]]);
  },
);
