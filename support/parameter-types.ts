import { defineParameterType } from '@cucumber/cucumber';
import { PLANS, type Plan, type ThreadId } from '../ssot/kernel';
import type { Readiness, Store } from '../world/operations/operations';
import type { HoardingManner } from '../world/operations/broken-clients/hoarder';
import type { Failure } from '../world/operations/process-figures';
import type { RedisFailure } from '../world/modules/state-manager/own-redis';
import { BAD_MESSAGES } from '../world/modules/websocket-manager/bad-messages';
import { CIRCUMSTANCES, type Circumstances } from '../world/modules/auth/genuine-tokens';
import { FORGERIES } from '../world/modules/auth/forged-tokens';
import { known } from '../world/known';
import { POSITIONS, type Person, type Position, type Tab } from '../world/actors/person';
import { COMPANIES, PEOPLE, type Company, type PersonName } from '../world/actors/personas';
import type { RevenueWorld } from '../world/revenue-world';
import type { Tenant } from '../world/actors/tenant';
import { phrases } from './phrases';

defineParameterType({
  name: 'person',
  regexp: /(?:[A-Z][a-z]+(?: from [A-Z][a-z]+)?|she|he|they|her|him|them)/,
  transformer(this: RevenueWorld, text: string): Person {
    return /^[a-z]/.test(text) ? this.cast.lastNamed() : personNamed(this, text);
  },
});

function personNamed({ cast }: RevenueWorld, text: string): Person {
  const [name = '', company] = text.split(' from ');
  const person = known('person', name, Object.keys(PEOPLE) as PersonName[]);
  if (company !== undefined) {
    const employer = known('company', company, Object.keys(COMPANIES) as Company[]);
    if (PEOPLE[person].company !== employer) {
      throw new Error(`${person} works for ${PEOPLE[person].company}, not for ${employer}.`);
    }
  }
  return cast.named(person);
}

defineParameterType({
  name: 'people',
  regexp: /[A-Z][a-z]+ from [A-Z][a-z]+(?:, [A-Z][a-z]+ from [A-Z][a-z]+)* and [A-Z][a-z]+ from [A-Z][a-z]+/,
  transformer(this: RevenueWorld, text: string): Person[] {
    return text.split(/, | and /).map((one) => personNamed(this, one));
  },
  useForSnippets: false,
});

defineParameterType({
  name: 'tenant',
  regexp: /[A-Z][a-z]+/,
  transformer(this: RevenueWorld, text: string): Tenant {
    return this.cast.tenant(known('company', text, Object.keys(COMPANIES) as Company[]));
  },
});

defineParameterType({
  name: 'plan',
  regexp: /[a-z]+(?= plan)/,
  transformer: (text: string): Plan => known('plan', text, PLANS),
});

const TAB = /(?:her|his|their|[A-Z][a-z]+'s) (?:phone|laptop|tablet)/;

function tabNamed({ cast }: RevenueWorld, text: string): Tab {
  const [whose = '', name = ''] = text.split(' ');
  const person = whose.endsWith("'s")
    ? cast.person(known('person', whose.slice(0, -2), Object.keys(PEOPLE) as PersonName[]))
    : cast.lastNamed();
  return { person, name };
}

defineParameterType({
  name: 'tab',
  regexp: TAB,
  transformer(this: RevenueWorld, text: string): Tab {
    return tabNamed(this, text);
  },
});

/** One or two tabs: `her phone`, `Leo's laptop and Ravi's laptop`. */
defineParameterType({
  name: 'tabs',
  regexp: new RegExp(`${TAB.source}(?: and ${TAB.source})?`),
  transformer(this: RevenueWorld, text: string): Tab[] {
    return text.split(' and ').map((one) => tabNamed(this, one));
  },
  useForSnippets: false,
});

/** Two that differ, since a tab always shows the same as itself: `her phone and her laptop`. */
defineParameterType({
  name: 'two-tabs',
  regexp: new RegExp(`${TAB.source} (?:and|or) ${TAB.source}`),
  transformer(this: RevenueWorld, text: string): readonly [Tab, Tab] {
    const [one = '', other = ''] = text.split(/ and | or /);
    if (one === other) throw new Error(`"${text}" names one tab twice. Name two.`);
    return [tabNamed(this, one), tabNamed(this, other)];
  },
  useForSnippets: false,
});

// Every rest of a sentence is words: a snippet would be offered in thousands of readings.
defineParameterType({ name: 'words', regexp: /.+/, transformer: (text: string) => text, useForSnippets: false });

defineParameterType({ name: 'device', regexp: /phone|laptop|tablet/, transformer: (text: string) => text });

/** One or two, with their articles: `a phone`, `a phone and a laptop`. */
defineParameterType({
  name: 'devices',
  regexp: /a (?:phone|laptop|tablet)(?: and a (?:phone|laptop|tablet))?/,
  transformer: (text: string): string[] => text.split(' and ').map((one) => one.slice('a '.length)),
  useForSnippets: false,
});

defineParameterType({
  name: 'list',
  regexp: /[a-z-]+(?:, [a-z-]+)*/,
  transformer: (text: string): string[] => text.split(', '),
  // Every word is a list of one: a snippet would be offered in thousands of readings.
  useForSnippets: false,
});

const UNITS = { millisecond: 1, second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

defineParameterType({
  name: 'duration',
  regexp: /\d[\d,]*(?:\.\d+)? (?:millisecond|second|minute|hour|day)s?/,
  transformer(text: string): number {
    const [amount = '', unit = ''] = text.split(' ');
    return Number(amount.replaceAll(',', '')) * UNITS[unit.replace(/s$/, '') as keyof typeof UNITS];
  },
});

defineParameterType({
  name: 'count',
  regexp: /\d[\d,]*|no|one|two|three|four|five|six|seven|eight|nine|ten/,
  transformer(text: string): number {
    const words = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
    return words.includes(text) ? words.indexOf(text) : Number(text.replaceAll(',', ''));
  },
});

/** The address of the scenario's own instance, where a sentence says so; else nothing, for the shared platform. */
defineParameterType({
  name: 'where',
  regexp: /(?: there)?/,
  transformer(this: RevenueWorld, text: string): string | undefined {
    return text === ' there' ? this.operations.serving().url : undefined;
  },
  useForSnippets: false,
});

phrases<Position>('position', Object.fromEntries(POSITIONS.map((position) => [position, position])));
phrases<Store>('store', { PostgreSQL: 'PostgreSQL', Redis: 'Redis', ClickHouse: 'ClickHouse' });
phrases<Partial<Readiness>>('readiness', {
  'degraded, and still serves': { ready: true, degraded: true },
  'not ready': { ready: false },
  ready: { ready: true },
  'ready, and not degraded': { ready: true, degraded: false },
});
phrases<RedisFailure>('redis-failure', {
  'is a read-only replica': 'replica',
  'has no memory left': 'full',
  'lets nobody write': 'forbidden',
});
phrases<Failure>('failure', {
  'nothing catches an error of its code': 'thrown',
  'nothing catches an error of its code in the background': 'rejected',
});
phrases<HoardingManner>('hoarding-manner', { 'asked on each': 'asks', 'said nothing': 'silent' });
phrases('bad-message', BAD_MESSAGES);
phrases('token', FORGERIES);
phrases<Circumstances>('genuine-token', CIRCUMSTANCES);
phrases('guessed-things', { 'forged tokens': 'tokens', 'junk renewals': 'renewals', people: 'manyPeople' });
phrases('credentials', {
  "Dana's e-mail and a wrong password": 'known',
  'an e-mail that nobody has registered': 'unknown',
});

defineParameterType({
  name: 'owned-thread',
  regexp: /[A-Z][a-z]+'s thread "[^"]+"|a thread nobody has opened/,
  transformer(this: RevenueWorld, text: string): ThreadId {
    if (text === 'a thread nobody has opened') return this.connections.ids.next('thread');
    const [whose = '', title = ''] = text.replace(/"/g, '').split("'s thread ");
    return this.cast.person(known('person', whose, Object.keys(PEOPLE) as PersonName[])).thread(title);
  },
});
