import { defineParameterType } from '@cucumber/cucumber';
import { phrases } from '../../support/phrases';
import type { CutOffStore } from '../../world/modules/state-manager/faults';
import { NOTE, PLAN, RELEASES } from '../../world/modules/state-manager/kinds';
import type { Notes } from '../../world/modules/state-manager/notes';
import type { StateLimits } from '../../world/modules/state-manager/quotas';
import { STATE_REFUSALS } from '../../world/modules/state-manager/refusals';
import type { PersonName } from '../../world/actors/personas';
import type { RevenueWorld } from '../../world/revenue-world';

/** Something that somebody does with their state of a thread. */
export type ThreadAct = (notes: Notes, name: PersonName, id: string) => Promise<void>;

phrases('state-refusal', STATE_REFUSALS);
phrases('kept', { noted: NOTE, 'settled on': PLAN });
phrases('keepable', { note: NOTE, settlement: PLAN });
phrases('release', { 'the older': RELEASES.older, 'the newer': RELEASES.newer });
phrases<keyof StateLimits>('quota', { person: 'userEntries', company: 'tenantEntries' });
phrases<CutOffStore>('cut-store', { Redis: 'Redis', PostgreSQL: 'PostgreSQL' });

const numberOf = (text: string): number => Number(text.replaceAll(',', ''));

/** What somebody finds: nothing, a text by its length, or these words. */
defineParameterType({
  name: 'found',
  regexp: /nothing|a text of [\d,]+ bytes|"[^"]*"/,
  transformer(this: RevenueWorld, text: string): string | undefined {
    if (text === 'nothing') return undefined;
    return text.startsWith('"') ? text.slice(1, -1) : this.state.notes.textOf(numberOf(text.split(' ')[3] ?? ''));
  },
  useForSnippets: false,
});

/** The hints somebody hears, in order. */
defineParameterType({
  name: 'heard',
  regexp: /nothing|"[^"]*"/,
  transformer: (text: string): string => (text === 'nothing' ? '' : text.slice(1, -1)),
  useForSnippets: false,
});

defineParameterType({
  name: 'thread-act',
  regexp: /notes "[^"]*" in|notes a text of [\d,]+ bytes in|settles on "[^"]*" in|looks into|lists|clears/,
  transformer(text: string): ThreadAct {
    const [, verb = '', , value] = /^(\w+)(?: on)?( "(.*)" in)?/.exec(text) ?? [];
    const bytes = /[\d,]+(?= bytes in$)/.exec(text);
    if (bytes !== null) return (notes, name, id) => notes.write(name, id, notes.textOf(numberOf(bytes[0])));
    if (verb === 'notes') return (notes, name, id) => notes.write(name, id, value, { kind: NOTE });
    if (verb === 'settles') return (notes, name, id) => notes.write(name, id, value, { kind: PLAN });
    if (verb === 'looks') return (notes, name, id) => notes.look(name, id);
    if (verb === 'lists') return (notes, name, id) => notes.list(name, id);
    return (notes, name, id) => notes.clear(name, id);
  },
  useForSnippets: false,
});
