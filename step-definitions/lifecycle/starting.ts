import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import {
  strangeMasterKey,
  withEncodedPassword,
  withoutDatabase,
  withWrongPassword,
} from '../../world/modules/lifecycle-manager/start-attempt';
import type { Person } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';

Given(
  'the password of the database is written in its address with a percent code for each character',
  function (this: RevenueWorld) {
    this.startAttempt.write(withEncodedPassword);
  },
);

Given('the address holds a wrong password of the database', function (this: RevenueWorld) {
  this.startAttempt.write(withWrongPassword);
});

Given('the address names a database that does not exist', function (this: RevenueWorld) {
  this.startAttempt.write(withoutDatabase);
});

Given('an instance of the platform is starting, and its database is not up yet', function (this: RevenueWorld) {
  return this.startAttempt.startTooEarly();
});

When('an instance of the platform starts with that address', function (this: RevenueWorld) {
  this.startAttempt.start();
});

When('an instance of the platform starts with a master key that opens nothing', function (this: RevenueWorld) {
  this.startAttempt.start({ MASTER_KEYS: strangeMasterKey() });
});

When('the database comes up', function (this: RevenueWorld) {
  this.startAttempt.letDatabaseComeUp();
});

Then('it serves customers', async function (this: RevenueWorld) {
  expect(await this.startAttempt.serves()).to.equal(true);
});

Then('it ends with exit status {int} without trying again', async function (this: RevenueWorld, status: number) {
  expect(await this.startAttempt.status()).to.equal(status);
  expect(this.startAttempt.hasTriedAgain, this.startAttempt.log()).to.equal(false);
});

Then('its log says {string}', function (this: RevenueWorld, sentence: string) {
  expect(this.startAttempt.log()).to.contain(sentence);
});

When('the instance is told to stop while it starts', function (this: RevenueWorld) {
  this.startAttempt.tellToStop();
});

When('an instance of the platform is told to stop in the first instant of its life', function (this: RevenueWorld) {
  return this.startAttempt.startAndTellToStopAtOnce();
});

Given('an instance of the platform was killed while it started', function (this: RevenueWorld) {
  return this.startAttempt.killWhileStarting();
});

When('another instance starts', function (this: RevenueWorld) {
  this.startAttempt.start();
});

Then('it ends with exit status {int}, and never served', async function (this: RevenueWorld, status: number) {
  expect(await this.startAttempt.status()).to.equal(status);
  expect(this.startAttempt.log()).to.not.contain('listening');
});

When('{person} asks there for her threads', async function (this: RevenueWorld, person: Person) {
  const { code, seconds } = await this.startAttempt.turnedAway(person);
  this.learnt = `${code}, ${seconds} s`;
});

Then(
  '{person} is told to come again in {count} second, because it is {string}',
  function (this: RevenueWorld, _: Person, seconds: number, code: string) {
    expect(this.learnt).to.equal(`${code}, ${seconds} s`);
  },
);

Then(
  '{person} is shown the thread {string} there once the database is up',
  async function (this: RevenueWorld, person: Person, title: string) {
    this.startAttempt.letDatabaseComeUp();
    expect(await this.startAttempt.threadsOf(person)).to.deep.equal([title]);
  },
);
