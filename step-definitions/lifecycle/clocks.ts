import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Person } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';

Given('its clock is {duration} ahead', function (this: RevenueWorld, ahead: number) {
  this.operations.serving().shiftClock(ahead);
});

Given('its clock is {duration} behind', function (this: RevenueWorld, behind: number) {
  this.operations.serving().shiftClock(-behind);
});

When('its clock is set ahead by {duration}', function (this: RevenueWorld, ahead: number) {
  this.operations.serving().shiftClock(ahead);
});

When(
  '{person} has signed in there, and {duration} pass',
  async function (this: RevenueWorld, person: Person, ms: number) {
    this.moveTo(this.operations.serving());
    await person.signIn();
    this.operations.serving().advanceClock(ms);
  },
);

Then('{person} is told there {string}', async function (this: RevenueWorld, person: Person, code: string) {
  const { body } = await (await person.http()).send<{ code: string }>('get', '/v1/me');
  expect(body.code).to.equal(code);
});

When('{person} asks {string} there', function (this: RevenueWorld, person: Person, question: string) {
  return person.ask(question, person.device('phone'));
});
