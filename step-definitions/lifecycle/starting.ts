import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import {
  withEncodedPassword,
  withoutDatabase,
  withWrongPassword,
} from '../../world/modules/lifecycle-manager/start-attempt';
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
