import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Plan } from '../ssot/kernel';
import type { Person } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';
import type { Tenant } from '../world/tenant';

Given('{person} is registered', (person: Person) => person.register());

Given('{person} has signed in', (person: Person) => person.signIn());

When('{person} signs in', (person: Person) => person.signIn());

Then(
  'calls know {person} as {word} of {tenant}, on the {plan} plan, who may use the chat',
  async (person: Person, name: string, tenant: Tenant, plan: Plan) =>
    expect(await person.knownAs()).to.deep.equal({ name, company: tenant.name, plan, mayChat: true, isSelf: true }),
);

Then('a live connection knows {person} too', async (person: Person) =>
  expect((await person.openDevice('laptop')).controls('welcome')).to.have.lengthOf(1),
);

When(
  "somebody shows {token} in Dana's name",
  async function (this: RevenueWorld, forge: (genuine: string) => Promise<string>) {
    this.intruder.token = await forge((await this.cast.lastNamed().signIn()).accessToken);
  },
);

Then('calls refuse it as {string}', async function (this: RevenueWorld, code: string) {
  expect(await this.intruder.refusalOfCalls()).to.equal(code);
});

Then('the live connection refuses it as {string}', async function (this: RevenueWorld, code: string) {
  expect(await this.intruder.refusalOfLine()).to.deep.equal({ code: 4401, reason: code });
});

When('somebody tries to sign in with {credentials}', async function (this: RevenueWorld, whose: 'known' | 'unknown') {
  await this.intruder.guess(whose === 'known' ? this.cast.lastNamed().email : 'nobody@nowhere.example');
});

Then('they are told {string} and get no token', function (this: RevenueWorld, sentence: string) {
  expect(this.intruder.told).to.equal(sentence);
  expect(this.intruder.gotToken).to.equal(false);
});
