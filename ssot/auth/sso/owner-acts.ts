import { assertAllowed, type Transaction } from '../../kernel';
import type { AccountTurns } from '../turns/account-turns';
import type { AuditEvent, AuditTrail } from '../audit';
import type { Acting, AuthDeps } from '../contract';
import { assertFreshProof } from '../factors/step-up';
import { assertStillAllowed } from '../membership/still-allowed';

export type Record = (event: Omit<AuditEvent, 'by' | 'address'>) => Promise<void>;

/** What only owners decide, with a fresh proof: whoever chooses a provider chooses who can be anybody of the company. */
export class OwnerActs {
  constructor(
    private readonly deps: Pick<AuthDeps, 'clock'> & { readonly audit: AuditTrail; readonly turns: AccountTurns },
  ) {}

  assertMayRead(by: Acting): void {
    assertAllowed(by.principal.context, 'sso:manage');
  }

  /** Throws `not_allowed` or `step_up_required`. */
  async assertMay(by: Acting): Promise<void> {
    this.assertMayRead(by);
    await assertFreshProof(this.deps, by.principal);
  }

  /** Judged once more in the turn itself, for somebody who was demoted a moment before. */
  turn<T>(by: Acting, body: (tx: Transaction, record: Record) => Promise<T>): Promise<T> {
    const { tenantId, userId } = by.principal.context;
    return this.deps.turns.run(tenantId, async (tx) => {
      await assertStillAllowed(tx, by, 'sso:manage');
      return body(tx, (event) => {
        const actor = { kind: 'person', id: userId } as const;
        return this.deps.audit.append(tx, tenantId, { ...event, by: actor, address: by.address });
      });
    });
  }
}
