import { defineParameterType } from '@cucumber/cucumber';
import { closest, distance } from 'fastest-levenshtein';
import { PLANS, type Plan } from '../ssot/kernel';
import type { Person, Tenant } from '../world/people';
import { COMPANIES, PEOPLE, type Company, type PersonName } from '../world/personas';
import type { RevenueWorld } from '../world/revenue-world';

/** Refuses a name that nobody knows, with the nearest one that somebody does. */
function known<T extends string>(what: string, word: string, all: readonly T[]): T {
  const found = all.find((one) => one === word);
  if (found !== undefined) return found;
  const nearest = closest(word, [...all]);
  const hint = distance(word, nearest) <= 3 ? ` Did you mean "${nearest}"?` : '';
  throw new Error(`There is no ${what} "${word}".${hint} Known: ${all.join(', ')}.`);
}

defineParameterType({
  name: 'person',
  regexp: /(?:[A-Z][a-z]+(?: from [A-Z][a-z]+)?|she|he|they|her|him|them)/,
  transformer(this: RevenueWorld, text: string): Person {
    if (/^[a-z]/.test(text)) return this.cast.lastNamed();
    const [name = '', company] = text.split(' from ');
    const person = known('person', name, Object.keys(PEOPLE) as PersonName[]);
    if (company !== undefined) {
      const employer = known('company', company, Object.keys(COMPANIES) as Company[]);
      if (PEOPLE[person].company !== employer) {
        throw new Error(`${person} works for ${PEOPLE[person].company}, not for ${employer}.`);
      }
    }
    return this.cast.person(person);
  },
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
