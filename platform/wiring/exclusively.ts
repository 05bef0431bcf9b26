import { lockOf, type TenantContext, type Transactions } from '../../ssot/kernel';

/**
 * Work of which a company has one piece at a time, over all instances, by a lock in PostgreSQL. It holds a connection: whoever
 * uses it lets one piece of a company's work come at a time on each instance.
 */
export function exclusivelyIn(db: () => Transactions, name: string) {
  return <T>(ctx: TenantContext, work: () => Promise<T>): Promise<T> =>
    db().transaction(ctx, async (tx) => {
      await tx.execute(lockOf(`${name} ${ctx.tenantId}`));
      return work();
    });
}
