import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { phrases } from '../../support/phrases';
import { eventually } from '../../world/eventually';
import type { LyingProvider } from '../../world/identity-provider/lying-provider';
import { DOCTORED, TROUBLES } from '../../world/modules/auth/doctored-statements';
import type { SignOnRules } from '../../world/modules/auth/sign-on-rules';
import type { Person } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';
import type { Tenant } from '../../world/actors/tenant';

type Change = (provider: LyingProvider) => void;
phrases<Change>('doctored', DOCTORED);
phrases<Change>('trouble', TROUBLES);
phrases<string>('recorded-reason', {
  'it has no such domain': 'domain_of_another_company',
  'another company vouched for its e-mail': 'vouched_for_by_another_company',
  'she was removed': 'removed',
  'the e-mail was not verified': 'email_unverified',
  'the e-mail has changed hands': 'email_changed_hands',
  'the e-mail is of another company': 'email_of_another_company',
});
type Showing = 'again' | 'twice at once' | 'in another browser';
phrases<Showing>('showing', {
  again: 'again',
  'twice at once': 'twice at once',
  'in another browser': 'in another browser',
});
phrases<(rules: SignOnRules, dana: Person) => Promise<void>>('strange-email', {
  "the provider has not verified Dana's e-mail": (rules, dana) => rules.unverify(dana),
  "somebody who had Dana's e-mail before has signed in with it": (rules, dana) => rules.signInAsPredecessor(dana),
  "another company has registered Dana's e-mail": (rules, dana) => rules.registerElsewhere(dana),
});

Given(
  '{tenant} signs in with its own provider, which knows {person} as {string}',
  async function (this: RevenueWorld, tenant: Tenant, person: Person, role: string) {
    await this.singleSignOn.connect(tenant);
    await this.singleSignOn.employ(person, { role });
  },
);

Given(
  '{tenant} signs in with its own provider, which knows {person}',
  async function (this: RevenueWorld, tenant: Tenant, person: Person) {
    await this.singleSignOn.connect(tenant);
    await this.singleSignOn.employ(person);
  },
);

Given(
  "{tenant} signs in with its own provider, which says that {person} has Dana's e-mail",
  async function (this: RevenueWorld, tenant: Tenant, person: Person) {
    await this.singleSignOn.connect(tenant);
    await this.singleSignOn.employ(person, { email: this.cast.person('Dana').email });
  },
);

Given(
  '{tenant} signs in with a provider whose statement {doctored}',
  function (this: RevenueWorld, tenant: Tenant, change: Change) {
    return this.signOnRules.connectTo(tenant, change);
  },
);

Given(
  '{tenant} signs in with a provider that {trouble}',
  function (this: RevenueWorld, tenant: Tenant, change: Change) {
    return this.signOnRules.connectTo(tenant, change);
  },
);

When('{person} signs in with it twice at once', function (this: RevenueWorld, person: Person) {
  return this.singleSignOn.signInTwiceAtOnce(person);
});

Then('both times he is let in, as the same person', function (this: RevenueWorld) {
  expect(this.singleSignOn.outcomes).to.deep.equal(['let in', 'let in']);
  expect(new Set(this.singleSignOn.people.map(({ userId }) => userId))).to.have.property('size', 1);
});

Then(
  "{tenant}'s people are {string} and {string}",
  async function (this: RevenueWorld, tenant: Tenant, one: string, other: string) {
    expect(await this.singleSignOn.peopleOf(tenant)).to.have.members([one, other]);
  },
);

Then("{tenant}'s people are {string}", async function (this: RevenueWorld, tenant: Tenant, person: string) {
  expect(await this.singleSignOn.peopleOf(tenant)).to.deep.equal([person]);
});

Given("the provider has sent {person}'s browser back", function (this: RevenueWorld, person: Person) {
  return this.singleSignOn.comeHalfWay(person);
});

When('her answer is shown {showing}', function (this: RevenueWorld, how: Showing) {
  return this.singleSignOn.showAnswer(this.cast.lastNamed(), how);
});

Then(
  'the first time it is {outcome}, and the second time {outcome}',
  function (this: RevenueWorld, first: string, second: string) {
    expect(this.singleSignOn.outcomes).to.deep.equal([first, second]);
  },
);

When("{person} signs in with her/his company's provider", async function (this: RevenueWorld, person: Person) {
  await this.singleSignOn.signIn(person);
});

Then('{person} is refused because {refusal}', function (this: RevenueWorld, _: Person, code: string) {
  expect(this.singleSignOn.outcomes).to.deep.equal([code]);
});

Then("{person} can sign in with her company's provider", async function (this: RevenueWorld, person: Person) {
  await this.singleSignOn.signIn(person);
  expect(this.singleSignOn.outcomes).to.deep.equal(['let in']);
});

Then('once the provider is well again {person} is let in', async function (this: RevenueWorld, person: Person) {
  await this.signOnRules.heal(person);
  await this.singleSignOn.signIn(person);
  expect(this.singleSignOn.outcomes).to.deep.equal(['let in']);
});

When(
  '{person} and {person} sign in with their providers at the same moment',
  function (this: RevenueWorld, one: Person, other: Person) {
    return this.signOnRules.race(one, other);
  },
);

Then(
  '{person} is let in before {person} is told to try again',
  function (this: RevenueWorld, first: Person, second: Person) {
    expect(this.signOnRules.finished).to.deep.equal([`${first.name}: let in`, `${second.name}: provider_unavailable`]);
  },
);

Given('{strange-email}', function (this: RevenueWorld, change: (rules: SignOnRules, dana: Person) => Promise<void>) {
  return change(this.signOnRules, this.cast.person('Dana'));
});

Then(
  "{tenant}'s audit trail says that {recorded-reason}",
  async function (this: RevenueWorld, tenant: Tenant, reason: string) {
    expect(await this.singleSignOn.lastReason(tenant)).to.equal(reason);
  },
);

Given('{person} has signed in with her password', (person: Person) => person.signIn());

When('{tenant} makes its provider the only way in', function (this: RevenueWorld, tenant: Tenant) {
  return this.signOnRules.enforce(tenant);
});

Then('her password and her renewal are refused because {refusal}', async function (this: RevenueWorld, code: string) {
  expect(await this.signOnRules.otherWays(this.cast.person('Dana'))).to.deep.equal([code, code]);
});

Given(
  '{tenant} signs in with its own provider only, with an emergency owner',
  async function (this: RevenueWorld, tenant: Tenant) {
    await this.singleSignOn.connect(tenant);
    await this.signOnRules.enforce(tenant);
  },
);

When('the emergency owner signs in with her password alone', function (this: RevenueWorld) {
  return this.factors.showPassword(this.cast.person('Olga'));
});

Then('she is asked for a code, and with it she is in', async function (this: RevenueWorld) {
  expect(await this.factors.showCode(this.cast.person('Olga'))).to.equal('let in');
});

Then("{tenant}'s audit trail says that it was an emergency", async function (this: RevenueWorld, tenant: Tenant) {
  expect(await this.signOnRules.lastWasEmergency(tenant)).to.equal(true);
});

When('{tenant} and {tenant} prove the same domain at once', function (this: RevenueWorld, one: Tenant, other: Tenant) {
  return this.singleSignOn.proveAtOnce(one, other, `wanted-${one.suffix}.example`);
});

Then('one of them has it, and the other is refused because {refusal}', function (this: RevenueWorld, code: string) {
  expect([...this.singleSignOn.outcomes].sort()).to.deep.equal([code, 'proven'].sort());
});

When('{tenant} claims another domain and publishes nothing', function (this: RevenueWorld, tenant: Tenant) {
  return this.signOnRules.claimOnly(tenant);
});

Then('its proof is refused because {refusal}', function (this: RevenueWorld, code: string) {
  expect(this.singleSignOn.outcomes).to.deep.equal([code]);
});

When("{tenant}'s owner connects the provider {string}", function (this: RevenueWorld, tenant: Tenant, issuer: string) {
  return this.singleSignOn.tryToConnect(tenant, issuer);
});

Then(
  'that is refused because {refusal}, and {tenant} has no provider',
  async function (this: RevenueWorld, code: string, tenant: Tenant) {
    expect(this.singleSignOn.outcomes).to.deep.equal([code]);
    expect(await this.singleSignOn.isConnected(tenant)).to.equal(false);
  },
);

Given('{person} has signed in with it, and her laptop is connected', function (this: RevenueWorld, person: Person) {
  return this.signOnRules.signInAndConnect(person);
});

When("{person} signs out at her company's provider", function (this: RevenueWorld, person: Person) {
  return this.signOnRules.signOutThere(person);
});

Then(
  'within {duration} calls of her laptop are refused because {refusal}, and it is disconnected',
  function (this: RevenueWorld, limitMs: number, code: string) {
    return eventually(async () => expect(await this.signOnRules.laptopIs()).to.deep.equal([code, 4401]), limitMs);
  },
);

Given('an owner of {tenant} has removed {person}', function (this: RevenueWorld, tenant: Tenant, person: Person) {
  return this.signOnRules.remove(tenant, person);
});
