import { defineParameterType } from '@cucumber/cucumber';
import { phrases } from '../../support/phrases';
import { known } from '../../world/known';
import { MODELS, type ModelManner } from '../../world/modules/agent-registry/model-server';
import type { Person } from '../../world/actors/person';
import { PEOPLE, type PersonName } from '../../world/actors/personas';
import type { RevenueWorld } from '../../world/revenue-world';

/** What an answer waits for while time passes. */
export type Waiting = (world: RevenueWorld, person: Person, ms: number) => Promise<void>;

const manners = Object.keys(MODELS) as ModelManner[];
phrases<ModelManner>('manner', Object.fromEntries(manners.map((manner) => [manner, manner])));
phrases('asks', { asks: true, 'has asked': true });
phrases('is-told', { 'is told': true, 'has been told': true });
phrases('shares', { shares: 'shares', 'has shared': 'has shared', 'takes back': 'takes back' });
phrases('loss', { killed: 'killed', frozen: 'frozen' });
phrases('wording', { platform: 'rules', model: 'model' });
phrases<Waiting>('waiting', {
  'her usage is read': (world, person, ms) => world.failover.letPass(person, ms),
  'the model is asked': (world, _, ms) => world.model.letPass(ms),
});

const ownerOf = (text: string): PersonName =>
  known('person', text.replace("'s report", ''), Object.keys(PEOPLE) as PersonName[]);

/** Whose report somebody finds among the company's; null for `no report`. */
defineParameterType({
  name: 'found-report',
  regexp: /no report|[A-Z][a-z]+'s report/,
  transformer(this: RevenueWorld, text: string): Person | null {
    return text === 'no report' ? null : this.cast.person(ownerOf(text));
  },
});

/** Whose report a sentence is about. */
defineParameterType({
  name: 'report-of',
  regexp: /(?:the|her|his|[A-Z][a-z]+'s) report/,
  transformer(this: RevenueWorld, text: string): Person {
    if (/^[a-z]/.test(text)) return this.cast.lastNamed();
    return this.cast.person(ownerOf(text));
  },
});
