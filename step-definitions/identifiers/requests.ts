import { Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { IdFault } from '../../world/modules/id-manager/id-faults';
import type { Attempt, Resource } from '../../world/modules/id-manager/id-requests';
import type { Person, Tab } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';

When(
  '{asker} asks for the {resource} with the id {string}',
  async function (this: RevenueWorld, asker: Person | 'operator', resource: Resource, id: string) {
    await this.identifiers.requests.ask(asker, resource, id);
  },
);

When(
  '{person} follows the thread with the id {string} on {tab}',
  async function (this: RevenueWorld, _: Person, id: string, { person, name }: Tab) {
    await this.identifiers.requests.follow(person.device(name), id);
  },
);

Then(
  '{asker} is refused because {string} is {id-fault}',
  function (this: RevenueWorld, _: unknown, field: string, fault: IdFault) {
    const { requests } = this.identifiers;
    expect(requests.refusal).to.include({ code: requests.codeOf(fault), field });
    expect(requests.refusal?.message.split('; ')[1]).to.equal(fault.reason);
  },
);

When('everything her devices were given is searched for ids', async function (this: RevenueWorld) {
  await this.identifiers.requests.search(this.cast.lastNamed());
});

Then(
  'ids of these kinds are found, all of the documented form: {list}',
  function (this: RevenueWorld, kinds: string[]) {
    expect(this.identifiers.requests.found).to.deep.equal({ kinds, malformed: [] });
  },
);

When(
  '{person} tries to {attempt} {owned} and a {resource} that never was',
  async function (this: RevenueWorld, intruder: Person, attempt: Attempt, owned: string, kind: 'thread' | 'run') {
    await this.identifiers.requests.tryBoth(intruder, attempt, kind, owned);
  },
);

Then(
  '{person} is told both times in the same words that there is no such {resource}',
  function (this: RevenueWorld, _: Person, kind: Resource) {
    const [real, never] = this.identifiers.requests.answers;
    expect(real).to.equal(never).and.to.include(`"code":"${kind}_not_found"`);
  },
);

When('{person} opens the thread by its id on her phone', async (person: Person) =>
  (await person.openDevice('phone')).follow(person.thread()),
);

When('her latest run is looked up by its id', async function (this: RevenueWorld) {
  await this.identifiers.requests.openRun(this.cast.lastNamed());
});

Then('it belongs to her thread {string}', function (this: RevenueWorld, title: string) {
  expect(this.identifiers.requests.threadOfRun).to.equal(this.cast.lastNamed().thread(title));
});
