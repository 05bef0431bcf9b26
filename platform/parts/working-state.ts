import type { Base } from '../../ssot/configuration-manager';
import type { Part } from '../../ssot/lifecycle-manager';
import { connectRedis, openStateManager, type RedisConnection, type StateManager } from '../../ssot/state-manager';
import { openStatePersistence, type StatePersistence } from '../../ssot/state-persistence';
import type { Common } from './common';
import { healthOf } from './health';
import { made, type Made, type Parts } from './made';

/** Speed only: the loss of Redis degrades, and what it would have hinted is found by asking PostgreSQL. */
export function workingStateParts(
  { settings, keys }: Base,
  common: Common,
  { database, analytics }: Made<'database' | 'analytics'>,
): Parts<'redis' | 'persistence' | 'state'> {
  let redis: RedisConnection | undefined;
  let persistence: StatePersistence | undefined;
  let state: StateManager | undefined;
  let opened: AsyncDisposable | undefined;
  const part: Part = {
    name: 'state',
    needs: ['postgres'],
    start: async () => {
      await using opening = new AsyncDisposableStack();
      redis = opening.adopt(connectRedis(settings.stores.redisUrl.reveal()), (connection) => connection.disconnect());
      redis.on('error', (error: Error) => common.log.debug({ reason: error.message }, 'Redis does not answer'));
      persistence = await openStatePersistence({ ...common, warm: database(), cold: () => analytics().archive });
      state = opening.use(await openStateManager({ ...common, redis, durable: persistence.workingState, keys }));
      opened = opening.move();
    },
    // Redis may be away; but one that drops entries on its own would break promises unseen.
    check: async () => {
      const { state: word, cause = '' } = await made(state).health();
      return word === 'misconfigured' ? { ok: false, cause } : { ok: true };
    },
    stop: async () => made(opened)[Symbol.asyncDispose](),
  };
  return {
    parts: [part, healthOf('redis', 'state', () => made(state).health())],
    redis: () => made(redis),
    persistence: () => made(persistence),
    state: () => made(state),
  };
}
