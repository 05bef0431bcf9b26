import { FairTurns, type Clock, type TenantId, type Transaction, type Transactions } from '../../kernel';
import { AuthError } from '../errors';
import { ACCOUNTS } from '../principals';

/** As many as there are connections, of which no company has more than one: what it sends by the hundred waits for itself. */
const AT_ONCE = 2;
const MAX_OF_COMPANY = 200;
const MAX_WAIT_MS = 5_000;

/**
 * Transactions about the accounts of one company, in turns of companies and on connections that no sign-in uses. Throws
 * `overloaded` with the wait.
 */
export class AccountTurns {
  readonly #turns: FairTurns;

  constructor(private readonly deps: { readonly db: Transactions; readonly clock: Clock }) {
    this.#turns = new FairTurns(AT_ONCE, deps.clock);
  }

  async run<T>(tenantId: TenantId, body: (tx: Transaction) => Promise<T>, readOnly = false): Promise<T> {
    if (this.#turns.of(tenantId) >= MAX_OF_COMPANY) throw overloaded();
    const turn = { ofOne: 1, limit: { ms: MAX_WAIT_MS, late: overloaded } };
    return this.#turns.run(tenantId, turn, () => this.deps.db.asService(ACCOUNTS, body, { readOnly }));
  }
}

function overloaded(): AuthError {
  return new AuthError('overloaded', 'Your company sends too much at this moment. Try again in a second.', {
    retryAfterMs: 1_000,
  });
}
