import { FairTurns, type Clock, type Foreground, type Transactions } from '../../kernel';

/** What runs write at one moment, of all companies and of one. More at once would not be stored sooner: they share a processor. */
const MAX_WRITES_HERE = 6;
const MAX_WRITES_OF_TENANT = 1;

/**
 * The same transactions, of which each company gets its turn: a neighbour of fifty runs that all tell what they do waits beside
 * one of their writes at most, and they give way to its short work. Nobody's lease, question or stop waits here.
 */
export function fairWrites(db: Transactions, clock: Clock, foreground?: Foreground): Transactions {
  const turns = new FairTurns(MAX_WRITES_HERE, clock, foreground);
  return {
    transaction: (ctx, body, options) =>
      turns.run(ctx.tenantId, { ofOne: MAX_WRITES_OF_TENANT }, () => db.transaction(ctx, body, options)),
    asService: (...turn) => db.asService(...turn),
  };
}
