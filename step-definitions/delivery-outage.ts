import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Person, Tab } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';

Given('PostgreSQL can be restarted', function (this: RevenueWorld) {
  return this.delivery.outage.prepare();
});

When(
  'PostgreSQL restarts while {person} agent hands in a thought and {tab} asks for the thread once more',
  function (this: RevenueWorld, person: Person, { name }: Tab) {
    return this.delivery.outage.restart(person.name, name);
  },
);

Then(
  '{person} agent and {tab} are both refused it as {string}',
  function (this: RevenueWorld, _person: Person, { person, name }: Tab, code: string) {
    const told = this.delivery.device(person.name, name).told('error');
    expect(this.delivery.outage.refusals).to.deep.equal([code]);
    expect(told.map(({ threadId, data }) => [threadId, data['code']])).to.deep.equal([[this.delivery.thread(), code]]);
  },
);

Then(
  '{tab} is still open, and shows what {person} agent hands in next as event {int}, and nothing in between',
  async function (this: RevenueWorld, { person, name }: Tab, _person: Person, seq: number) {
    const next = await this.delivery.outage.tellNext(person.name);
    const device = this.delivery.device(person.name, name);
    expect(next?.seq).to.equal(seq);
    expect(await this.delivery.stored(person.name)).to.have.lengthOf(seq);
    expect(device.isOpen).to.equal(true);
    expect(device.story(this.delivery.thread())).to.deep.equal(await this.delivery.stored(person.name));
    expect(device.story(this.delivery.thread()).at(-1)).to.deep.equal(next);
  },
);
