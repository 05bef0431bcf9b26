import { Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { phrases } from '../support/phrases';
import type { Flood } from '../world/operations/floods';
import type { Person } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';

phrases<Flood>('flood', {
  'somebody signs in 60 times at once': '60 parallel sign-ins',
  'somebody sends 250 invented renewals at once': '250 junk renewals',
  'somebody sends six reports of 4 MB at once': 'six bodies of 4 MB',
  'somebody asks for more and more and reads nothing': 'ten unread pipelines',
  'another company asks 400 questions at once': '400 queued questions',
});

When(
  '{person} signs in on a tablet and asks {string} while {flood}',
  function (this: RevenueWorld, person: Person, question: string, flood: Flood) {
    return this.floods.workMeanwhile(person, question, flood);
  },
);

Then(
  'she is signed in within {duration} and answered within {duration}',
  function (this: RevenueWorld, signInMs: number, answerMs: number) {
    expect(this.floods.waited?.signInMs).to.be.at.most(signInMs);
    expect(this.floods.waited?.answerMs).to.be.at.most(answerMs);
  },
);
