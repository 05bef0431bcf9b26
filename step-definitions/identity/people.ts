import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Plan } from '../../ssot/kernel';
import { phrases } from '../../support/phrases';
import { eventually } from '../../world/eventually';
import type { CompanyPeople, Role } from '../../world/modules/auth/company-people';
import type { Person, Tab } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';
import type { Tenant } from '../../world/actors/tenant';

phrases<Role>('role', { member: 'member', administrator: 'administrator', owner: 'owner' });

type Attempt = (people: CompanyPeople, by: Person, cast: RevenueWorld['cast']) => Promise<void>;
phrases<Attempt>('people-attempt', {
  'make herself administrator': (people, by) => people.setRole(by, by, 'administrator'),
  'make herself owner': (people, by) => people.setRole(by, by, 'owner'),
  'make Olga member': (people, by, cast) => people.setRole(by, cast.person('Olga'), 'member'),
  'make Dana administrator': (people, by, cast) => people.setRole(by, cast.person('Dana'), 'administrator'),
  'remove Olga': (people, by, cast) => people.remove(by, cast.person('Olga')),
  'remove Dana': (people, by, cast) => people.remove(by, cast.person('Dana')),
  'give Olga a new password': (people, by, cast) => people.givePassword(by, cast.person('Olga')),
  'give Dana a new password': (people, by, cast) => people.givePassword(by, cast.person('Dana')),
  'add a colleague': (people, by) => people.addColleague(by),
  'add an owner': (people, by) => people.addColleague(by, 'owner'),
});

When('{person} tries to {people-attempt}', async function (this: RevenueWorld, by: Person, attempt: Attempt) {
  await this.people.remember(this.cast.administratorOf('Acme'));
  await attempt(this.people, by, this.cast);
});

When(
  '{person} tries to {people-attempt}, and {person} signs in meanwhile',
  async function (this: RevenueWorld, by: Person, attempt: Attempt, other: Person) {
    await this.people.remember(this.cast.administratorOf('Acme'));
    await this.people.besides(attempt(this.people, by, this.cast), other.signIn());
  },
);

Then(
  'it is refused because {refusal}, after {person} was signed in',
  function (this: RevenueWorld, code: string, _: Person) {
    expect(this.people.outcome).to.equal(code);
    expect(this.people.outcomes).to.deep.equal(['the other', 'the attempt']);
  },
);

Then('it is refused because {refusal}', function (this: RevenueWorld, code: string) {
  expect(this.people.outcome).to.equal(code);
});

Then('everybody at Acme has the role they had', async function (this: RevenueWorld) {
  expect(await this.people.list(this.cast.administratorOf('Acme'))).to.deep.equal(this.people.before);
});

When('{person} makes/(has )made {person} {role}', function (this: RevenueWorld, by: Person, who: Person, role: Role) {
  return this.people.setRole(by, who, role);
});

When(
  '{person} removes/(has )removed {person} from the company',
  function (this: RevenueWorld, by: Person, who: Person) {
    return this.people.remove(by, who);
  },
);

When('{person} gives {person} a new password', function (this: RevenueWorld, by: Person, who: Person) {
  return this.people.givePassword(by, who);
});

Then("{person}'s former password lets nobody in", async function (this: RevenueWorld, { email }: Person) {
  await this.intruder.signInAs(email, this.people.former);
  expect([this.intruder.told, this.intruder.gotToken]).to.deep.equal([
    'The e-mail or the password is not right.',
    false,
  ]);
});

When('{person} adds a colleague', function (this: RevenueWorld, by: Person) {
  return this.people.addColleague(by);
});

Then('the colleague signs in with the password that {person} has chosen', function (this: RevenueWorld, by: Person) {
  return this.people.signInAsColleague(by);
});

Then(
  "{word}'s list of people shows Ada as {role} and the colleague as {role}",
  async function (this: RevenueWorld, _: string, own: Role, colleague: Role) {
    const listed = await this.people.list(this.cast.person('Ada'));
    expect(listed.map(({ name, role }) => [name, role])).to.deep.equal([
      ['Ada', own],
      ['Cleo', colleague],
    ]);
  },
);

When('{person} and {person} remove each other at once', function (this: RevenueWorld, one: Person, other: Person) {
  return this.people.removeEachOther(one, other);
});

Then('one of them is gone, and the other is owner', async function (this: RevenueWorld) {
  expect(this.people.outcomes.filter((status) => status === '204')).to.have.lengthOf(1);
  const left = this.cast.person(this.people.outcomes[0] === '204' ? 'Olga' : 'Ada');
  const owners = (await this.people.list(left)).filter(({ role }) => role === 'owner');
  expect(owners.map(({ name }) => name)).to.deep.equal([left.name]);
});

When('{person} changes her password on {tab}', function (this: RevenueWorld, _: Person, { person, name }: Tab) {
  return this.people.changeOwnPassword(person, name);
});

When(
  '{person} changes her password on {tab} to {string}',
  function (this: RevenueWorld, _: Person, { person, name }: Tab, next: string) {
    return this.people.changeOwnPassword(person, name, { next });
  },
);

Then('that is refused: {string}', function (this: RevenueWorld, sentence: string) {
  expect([this.people.outcome, this.people.told]).to.deep.equal(['weak_password', sentence]);
});

When(
  'somebody guesses {person} present password on {tab} {int} times',
  function (this: RevenueWorld, _: Person, { person, name }: Tab, times: number) {
    return this.people.guessPresentPassword(person, name, times);
  },
);

Then(
  'they are told {int} times that {refusal}, and {int} times that {refusal}',
  function (this: RevenueWorld, first: number, code: string, then: number, next: string) {
    expect(this.people.outcomes).to.deep.equal([...Array<string>(first).fill(code), ...Array<string>(then).fill(next)]);
  },
);

Given('{person} may manage people there and elsewhere', async function (this: RevenueWorld, person: Person) {
  expect(await this.people.mayManagePeople(person)).to.equal(true);
  expect(await this.people.mayManagePeople(person, this.operations.serving().url)).to.equal(true);
});

Then(
  'within {duration} {person} may manage people nowhere',
  function (this: RevenueWorld, limitMs: number, person: Person) {
    return eventually(async () => {
      expect(await this.people.mayManagePeople(person)).to.equal(false);
      expect(await this.people.mayManagePeople(person, this.operations.serving().url)).to.equal(false);
    }, limitMs);
  },
);

When('the operators move {tenant} to the {plan} plan', (tenant: Tenant, plan: Plan) => tenant.moveTo(plan));

Then('within {duration} {person} is known to be on the {plan} plan', (limitMs: number, person: Person, plan: Plan) =>
  eventually(async () => expect((await person.knownAs()).plan).to.equal(plan), limitMs),
);

Given('{person} is let in there', async function (this: RevenueWorld, person: Person) {
  await (await person.http(this.operations.serving().url)).require('get', '/v1/me');
});

Then(
  'within {duration} calls of {person} there are refused because {refusal}',
  async function (this: RevenueWorld, limitMs: number, person: Person, code: string) {
    const http = await person.http(this.operations.serving().url);
    await eventually(async () => {
      expect((await http.send<{ code?: string }>('get', '/v1/me')).body.code).to.equal(code);
    }, limitMs);
  },
);
