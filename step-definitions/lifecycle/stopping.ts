import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Store } from '../../world/operations/operations';
import type { Failure } from '../../world/operations/process-figures';
import type { Person, Tab } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';

Given(
  'a stranger has connected there and says nothing, and another has sent half a request',
  function (this: RevenueWorld) {
    return this.stops.holdUnusedConnections();
  },
);

Given("{person}'s program is waiting there for its company's usage", function (this: RevenueWorld, person: Person) {
  return this.stops.askForUsage(person);
});

When('the instance is told to stop, and asked whether customers should come', function (this: RevenueWorld) {
  return this.stops.tellToStopAndLook();
});

When('the instance is told to stop {count} times', function (this: RevenueWorld, times: number) {
  for (let told = 0; told < times; told++) this.operations.tellToStop();
});

When('the instance is interrupted twice', function (this: RevenueWorld) {
  return this.stops.interruptTwice();
});

When('{failure}', function (this: RevenueWorld, how: Failure) {
  this.stops.fail(how);
});

When('{failure} while it stops', function (this: RevenueWorld, how: Failure) {
  this.operations.tellToStop();
  this.stops.fail(how);
});

When(
  '{person} asks {string} in the moment in which the instance is told to stop',
  function (this: RevenueWorld, person: Person, question: string) {
    this.operations.tellToStop();
    return person.ask(question);
  },
);

When(
  'the instance is told to stop, and {store} answers again after {duration}',
  function (this: RevenueWorld, store: Store, ms: number) {
    this.operations.tellToStop();
    this.operations.restoreAfter(ms, store);
  },
);

When(
  'an instance of the platform has been started and stopped {count} times in one process',
  function (this: RevenueWorld, times: number) {
    return this.repeatedStarts.startAndStop(times);
  },
);

Then('the stores count no connection of it, and the process holds what it held before', function (this: RevenueWorld) {
  expect(this.repeatedStarts.left).to.deep.equal({ connections: 0, handles: 0, listeners: 0 });
});

Then('the instance is gone within {duration}', async function (this: RevenueWorld, limitMs: number) {
  expect(await this.operations.stoppedAfterMs()).to.be.at.most(limitMs);
});

Then('it says within {duration} that none should', function (this: RevenueWorld, limitMs: number) {
  expect(this.stops.turnedAwayAfterMs).to.be.at.most(limitMs);
});

Then(
  'the instance ends within {duration} with exit status {int}, and its last line says {string}',
  async function (this: RevenueWorld, limitMs: number, status: number, end: string) {
    expect(await this.stops.lastLine()).to.include({ status, end });
    expect(await this.operations.serving().ended()).to.equal(status);
    expect(await this.operations.stoppedAfterMs()).to.be.at.most(limitMs);
  },
);

Then('the program is given its answer', async function (this: RevenueWorld) {
  expect(await this.stops.answered()).to.include({ status: 200 });
});

Then(
  'the program is told {string}, and operators read that {count} piece(s) of work was/were lost',
  async function (this: RevenueWorld, code: string, lost: number) {
    expect(await this.stops.answered()).to.include({ code });
    expect((await this.stops.drained()).lost).to.have.length(lost);
  },
);

Then('the instance that stops has not begun to answer it', async function (this: RevenueWorld) {
  expect(await this.stops.drained()).to.deep.equal({ finished: 0, handedOver: 0, lost: [] });
});

// Behind a front door

When(
  'one of the two is told to stop while {person} keeps asking through the front door',
  async function (this: RevenueWorld, person: Person) {
    await this.fleet.keepAsking(person);
    this.operations.tellToStop();
  },
);

Then(
  '{tab} is asked to move only when the front door sends nobody to its instance any more',
  async function (this: RevenueWorld, { person, name }: Tab) {
    await this.fleet.untilAskedToMove(person, name);
    expect(this.fleet.readyWhenAsked).to.equal(1);
  },
);

Then('every one of those questions was answered', async function (this: RevenueWorld) {
  await this.operations.serving().ended();
  const answers = await this.fleet.stopAsking();
  expect(answers.length).to.be.at.least(10);
  expect(answers.filter((status) => status !== 200)).to.deep.equal([]);
});
