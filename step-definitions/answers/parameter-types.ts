import { defineParameterType } from '@cucumber/cucumber';
import { phrases } from '../../support/phrases';
import { known } from '../../world/known';
import { MODELS, type ModelManner } from '../../world/modules/agent-registry/model-server';
import type { Person } from '../../world/person';
import { PEOPLE, type PersonName } from '../../world/personas';
import type { RevenueWorld } from '../../world/revenue-world';

const manners = Object.keys(MODELS) as ModelManner[];
phrases<ModelManner>('manner', Object.fromEntries(manners.map((manner) => [manner, manner])));
phrases('asks', { asks: true, 'has asked': true });
phrases('is-told', { 'is told': true, 'has been told': true });
phrases('shares', { shares: 'shares', 'takes back': 'takes back' });

/** Whose report a sentence is about. */
defineParameterType({
  name: 'report-of',
  regexp: /the report|[A-Z][a-z]+'s report/,
  transformer(this: RevenueWorld, text: string): Person {
    if (text === 'the report') return this.cast.lastNamed();
    return this.cast.person(known('person', text.replace("'s report", ''), Object.keys(PEOPLE) as PersonName[]));
  },
});
