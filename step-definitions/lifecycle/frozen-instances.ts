import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { freezeWhileReading, givesUp, goOn } from '../../world/operations/frozen-instance';
import type { Tab } from '../../world/person';
import type { RevenueWorld } from '../../world/revenue-world';

Given(
  'the instance was frozen while it read, and another one has answered her on a tablet',
  function (this: RevenueWorld) {
    return freezeWhileReading(this, this.cast.lastNamed());
  },
);

When('the frozen instance goes on, and ClickHouse answers it', function (this: RevenueWorld) {
  goOn(this);
});

Then('it gives the question up', function (this: RevenueWorld) {
  return givesUp(this);
});

Then('nothing was added to what {tab} has shown', async ({ person, name }: Tab) => {
  expect(await person.storedEvents()).to.deep.equal(person.storyOn(name)).and.not.be.empty;
});
