import { Given, Then, When } from '@cucumber/cucumber';
import type { RevenueWorld } from '../world/revenue-world';

Given('an instance of the platform is serving on a ClickHouse that has become slow', function (this: RevenueWorld) {
  return this.slowAnswers.serve();
});

Given('ClickHouse is reading for her question {string}', function (this: RevenueWorld, question: string) {
  return this.slowAnswers.ask(this.cast.lastNamed(), question);
});

When('she stops the question', function (this: RevenueWorld) {
  this.cast.lastNamed().stopAnswer();
});

Then('ClickHouse reads nothing more for it after {duration}', function (this: RevenueWorld, limitMs: number) {
  return this.slowAnswers.untilIdle(limitMs);
});

Then('operators read that no question is under way there', function (this: RevenueWorld) {
  return this.operations.isIdle();
});
