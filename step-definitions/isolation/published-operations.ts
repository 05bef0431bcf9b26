import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { OUTSIDER_TOKENS, type TokenMaker } from '../../world/modules/isolation/outsider-tokens';
import type { Person } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';
import { phrases } from '../../support/phrases';

phrases('outsider-token', OUTSIDER_TOKENS);

Given(
  '{person} has threads, answers, a device and settings{where}',
  function (this: RevenueWorld, _: Person, url: string | undefined) {
    return this.outsiders.prepare(url);
  },
);

When('{person} tries every published operation on what is hers', function (this: RevenueWorld, _: Person) {
  return this.outsiders.tryEntitled();
});

When(
  "somebody tries every published operation with {outsider-token}, on what is Ada's",
  async function (this: RevenueWorld, make: TokenMaker) {
    const { token, code } = await make(this);
    await this.outsiders.noteState();
    await this.outsiders.tryWithout(token, code);
  },
);

When(
  "{person}, who administers another company, tries every published operation on what is Ada's",
  function (this: RevenueWorld, leo: Person) {
    return this.outsiders.tryFromElsewhere(leo);
  },
);

When(
  "{person}, a colleague without her rights, tries every published operation on what is Ada's",
  function (this: RevenueWorld, ravi: Person) {
    return this.outsiders.tryAsColleague(ravi);
  },
);

When(
  "{person}, an administrator, tries every published operation that is the owners' alone",
  function (this: RevenueWorld, ada: Person) {
    return this.outsiders.tryAsAdministrator(ada);
  },
);

When('{person} tries every operation of the operators', async function (this: RevenueWorld, _: Person) {
  await this.outsiders.tryOperators(await this.operationsUrl());
});

When("{person} says everything there is to say about what is Ada's", function (this: RevenueWorld, person: Person) {
  return this.outsiders.trySaying(person);
});

Then('every one of at least {int} is answered/refused( as it must be)', function (this: RevenueWorld, least: number) {
  expect(this.outsiders.faults).to.deep.equal([]);
  expect(this.outsiders.tried).to.be.at.least(least);
});

Then('everything that Acme has is as it was', async function (this: RevenueWorld) {
  expect(await this.outsiders.isUntouched()).to.equal(true);
});

When('all operations and messages that are published are looked through', async function (this: RevenueWorld) {
  this.learnt = (await this.outsiders.uncovered()).join(', ');
});

Then('not one is without its check', function (this: RevenueWorld) {
  expect(this.learnt).to.equal('');
});
