import { defineParameterType } from '@cucumber/cucumber';
import { phrases } from '../../support/phrases';
import type { CutOffStore } from '../../world/modules/state-manager/faults';
import { NOTE, PLAN, RELEASES } from '../../world/modules/state-manager/kinds';
import type { Notes } from '../../world/modules/state-manager/notes';
import type { StateLimits } from '../../world/modules/state-manager/quotas';
import { STATE_REFUSALS } from '../../world/modules/state-manager/refusals';
import type { PersonName } from '../../world/personas';

/** Something that somebody does with their state of a thread. */
export type ThreadAct = (notes: Notes, name: PersonName, id: string) => Promise<void>;

phrases('state-refusal', STATE_REFUSALS);
phrases('kept', { noted: NOTE, 'settled on': PLAN });
phrases('keepable', { note: NOTE, settlement: PLAN });
phrases('release', { 'the older': RELEASES.older, 'the newer': RELEASES.newer });
phrases<keyof StateLimits>('quota', { person: 'userEntries', company: 'tenantEntries' });
phrases<CutOffStore>('cut-store', { Redis: 'Redis', PostgreSQL: 'PostgreSQL' });

defineParameterType({
  name: 'thread-act',
  regexp: /notes "[^"]*" in|settles on "[^"]*" in|looks into|lists|clears/,
  transformer(text: string): ThreadAct {
    const [, verb = '', , value] = /^(\w+)(?: on)?( "(.*)" in)?/.exec(text) ?? [];
    if (verb === 'notes') return (notes, name, id) => notes.write(name, id, value, { kind: NOTE });
    if (verb === 'settles') return (notes, name, id) => notes.write(name, id, value, { kind: PLAN });
    if (verb === 'looks') return (notes, name, id) => notes.look(name, id);
    if (verb === 'lists') return (notes, name, id) => notes.list(name, id);
    return (notes, name, id) => notes.clear(name, id);
  },
  useForSnippets: false,
});
