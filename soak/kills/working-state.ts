import { Redis } from 'ioredis';
import { z } from 'zod';
import { openDatabase } from '../../ssot/database-manager';
import {
  noMetrics,
  pause,
  PERMISSIONS,
  silentLogger,
  systemClock,
  systemRandom,
  vouchFor,
  type TenantContext,
} from '../../ssot/kernel';
import { defineState, openStateManager, StateError, type StateManager } from '../../ssot/state-manager';
import { openStatePersistence } from '../../ssot/state-persistence';
import { addressOf, masterKeys } from '../../world/settings';
import type { Person } from '../people/people';

const AGAIN_MS = 250;
const CHOICE = defineState({ name: 'soak-choice', scope: 'user', schema: z.string(), durability: 'durable' });

/** Working state that is promised to last, written and read as the platform's modules do it; no address of it is public. */
export class WorkingState implements AsyncDisposable {
  readonly #scope: AsyncDisposableStack;

  private constructor(
    private readonly state: StateManager,
    scope: AsyncDisposableStack,
  ) {
    this.#scope = scope;
  }

  static async open(): Promise<WorkingState> {
    const machine = { clock: systemClock, random: systemRandom, metrics: noMetrics };
    await using onFailure = new AsyncDisposableStack();
    const redis = new Redis(addressOf('SPEC_REDIS_URL'), { maxRetriesPerRequest: 1, retryStrategy: () => 100 });
    onFailure.defer(() => redis.disconnect());
    redis.on('error', () => undefined); // It is killed on purpose.
    const database = onFailure.use(
      await openDatabase(
        {
          url: addressOf('SPEC_POSTGRES_URL'),
          ownerUrl: addressOf('SPEC_POSTGRES_OWNER_URL'),
          serviceUrl: addressOf('SPEC_POSTGRES_SERVICE_URL'),
          changes: [],
        },
        { ...machine, log: silentLogger },
      ),
    );
    const { workingState } = await openStatePersistence({ warm: database, log: silentLogger, ...machine });
    const state = onFailure.use(
      await openStateManager({
        redis,
        time: 'server',
        logger: silentLogger,
        durable: workingState,
        keys: masterKeys(),
        ...machine,
      }),
    );
    return new WorkingState(state, onFailure.move());
  }

  /** Until it is acknowledged; false when it was given up before. */
  async put(person: Person, item: string, value: string, giveUp: AbortSignal): Promise<boolean> {
    const writeId = `${item} ${value}`;
    for (;;) {
      try {
        return (await this.state.put(contextOf(person), CHOICE, { item }, value, { writeId })).durable;
      } catch (error) {
        if (!(error instanceof StateError) || !error.retryable) throw error;
        if (giveUp.aborted) return false;
        await pause(systemClock, AGAIN_MS);
      }
    }
  }

  /** As whoever trusts copies reads it, and as PostgreSQL holds it. */
  async get(
    person: Person,
    item: string,
  ): Promise<{ readonly copy: string | undefined; readonly truth: string | undefined }> {
    const read = async (fresh: 'hot' | 'latest'): Promise<string | undefined> =>
      (await this.state.get(contextOf(person), CHOICE, { item }, { fresh }))?.value;
    return { copy: await read('hot'), truth: await read('latest') };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#scope.disposeAsync();
  }
}

function contextOf({ tenantId, userId }: Person): TenantContext {
  return vouchFor({ tenantId, userId, plan: 'enterprise', permissions: [...PERMISSIONS] });
}
