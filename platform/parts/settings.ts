import { openConfiguration, type Base, type Configuration } from '../../ssot/configuration-manager';
import type { Part } from '../../ssot/lifecycle-manager';
import { reloadBusOver } from '../wiring/settings';
import type { Common } from './common';
import { made, type Made, type Parts } from './made';

/** What companies have set, over what the instance was started with. */
export function settingsParts(
  base: Base,
  common: Common,
  { database, state }: Made<'database' | 'state'>,
): Parts<'configuration'> {
  let configuration: Configuration | undefined;
  const part: Part = {
    name: 'settings',
    needs: ['postgres', 'state'],
    start: async () => {
      configuration = await openConfiguration(base, { ...common, db: database(), bus: reloadBusOver(state()) });
    },
    stop: async () => made(configuration)[Symbol.asyncDispose](),
  };
  return { parts: [part], configuration: () => made(configuration) };
}
