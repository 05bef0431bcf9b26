import type { Transactions } from '../../../ssot/kernel';
import { stores } from '../stores';

/** Where an instance is held up, once: before it begins to store something, or when all but the commit is done. */
export type Where = 'before it begins' | 'before it commits';

/** The database as an instance has it that is held up at the next thing it stores, once that is wanted. */
export interface SlowStoring {
  readonly db: Transactions;
  hold(where: Where): { readonly reached: Promise<void>; readonly go: () => void };
}

export async function slowStoring(): Promise<SlowStoring> {
  const db = await stores.database();
  let held: { where: Where; reached: () => void; until: Promise<void> } | undefined;
  const stop = async (where: Where): Promise<void> => {
    if (held?.where !== where) return;
    const { reached, until } = held;
    held = undefined;
    reached();
    await until;
  };
  return {
    db: {
      transaction: (ctx, body, options) => db.transaction(ctx, body, options),
      asService: async (who, body, options) => {
        if (options?.readOnly === true) return db.asService(who, body, options);
        await stop('before it begins');
        const work: typeof body = async (tx) => {
          const done = await body(tx);
          await stop('before it commits');
          return done;
        };
        return db.asService(who, work, options);
      },
    },
    hold(where) {
      const [reached, until] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      held = { where, reached: reached.resolve, until: until.promise };
      return { reached: reached.promise, go: until.resolve };
    },
  };
}
