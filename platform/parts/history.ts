import { openAnalytics, type Analytics } from '../../ssot/analytics';
import { plans, type Base } from '../../ssot/configuration-manager';
import type { Part } from '../../ssot/lifecycle-manager';
import { exclusivelyIn } from '../wiring/exclusively';
import { pricesFrom } from '../wiring/settings';
import type { Common } from './common';
import { healthOf } from './health';
import { made, type Made, type Parts } from './made';

/** Usage and the archive in ClickHouse, whose loss degrades. */
export function historyParts(
  { settings }: Base,
  common: Common,
  { database, configuration }: Made<'database' | 'configuration'>,
): Parts<'analytics'> {
  let analytics: Analytics | undefined;
  const part: Part = {
    name: 'history',
    start: async () => {
      const { clickhouseUrl, clickhouseCluster } = settings.stores;
      analytics = await openAnalytics(
        { url: clickhouseUrl.reveal(), cluster: clickhouseCluster },
        { ...common, plans, prices: pricesFrom(configuration), exclusively: exclusivelyIn(database, 'recording') },
      );
    },
    stop: async () => made(analytics)[Symbol.asyncDispose](),
  };
  return {
    parts: [part, healthOf('clickhouse', 'history', () => made(analytics).health())],
    analytics: () => made(analytics),
  };
}
