import { defineParameterType } from '@cucumber/cucumber';
import { phrases } from '../../support/phrases';
import type { Attempt, Resource } from '../../world/modules/id-manager/id-requests';
import { ID_FAULTS } from '../../world/modules/id-manager/id-faults';
import { ODD_RECORDS } from '../../world/modules/id-manager/odd-records';
import type { Company, PersonName } from '../../world/actors/personas';
import type { RevenueWorld } from '../../world/revenue-world';

const same = <T extends string>(...words: readonly T[]): Record<T, T> =>
  Object.fromEntries(words.map((word) => [word, word])) as Record<T, T>;

phrases<Resource>('resource', same('thread', 'run', 'company'));
phrases<Attempt>('attempt', same('open', 'follow live', 'delete'));
phrases<Company>('mover', same('Acme', 'Birch'));
phrases('id-fault', ID_FAULTS);
phrases('odd-record', same(...ODD_RECORDS));
phrases('new-id', { 'no new id': false, 'the id of its UUID': true });
phrases('stage', { 'before the import': 0, 'after the import': 1, 'after the cut-over': 2 });

defineParameterType({
  name: 'asker',
  regexp: /the operator|she/,
  transformer(this: RevenueWorld, text: string) {
    return text === 'she' ? this.cast.lastNamed() : 'operator';
  },
});

defineParameterType({
  name: 'owned',
  regexp: /[A-Z][a-z]+'s (?:thread "[^"]+"|latest run)/,
  transformer(this: RevenueWorld, text: string) {
    const [name = '', what = ''] = text.split("'s ");
    const owner = this.cast.person(name as PersonName);
    return what === 'latest run' ? String(owner.latestRun) : owner.thread(what.slice('thread "'.length, -1));
  },
});
