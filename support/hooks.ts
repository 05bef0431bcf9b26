import { After, AfterAll, Before, setDefaultTimeout, setWorldConstructor } from '@cucumber/cucumber';
import { closeWorker, RevenueWorld } from '../world/revenue-world';

setWorldConstructor(RevenueWorld);
setDefaultTimeout(30_000);

Before(function (this: RevenueWorld, { pickle }) {
  this.begin(pickle);
});

After(function (this: RevenueWorld) {
  return this.end();
});

AfterAll(closeWorker);
