import { z } from 'zod';
import {
  assertAllowed,
  sql,
  type Clock,
  type Permission,
  type Transaction,
  type Transactions,
  type UserId,
} from '../kernel';
import type { AccountTurns } from './turns/account-turns';
import { secondFactorMissing } from './assert-may';
import type { AuditTrail } from './audit';
import type { Acting, AuthDeps } from './contract';
import { erasePeople, lastOwner } from './customer-data';
import { AuthError } from './errors';
import { assertFreshProof } from './factors/step-up';
import { assertMayChange } from './membership/decisions';
import { deletePerson, lockStandings } from './membership/person-rows';
import { assertStillAllowed } from './membership/still-allowed';
import { releasePeople } from './people/kept-people';
import type { Seal } from './sealing';
import { signInEnded } from './sessions/session-endings';
import { bar } from './sso/removed-people';

/** What somebody decides about the data of a person or, without one, of their whole company. */
export interface DataDecision {
  readonly action: 'erasure_requested' | 'data_exported' | 'hold_placed' | 'hold_lifted';
  readonly userId?: UserId;
}

const nameRow = z.object({ name: z.string() });

/** Who may decide what becomes of data, and the entry that says they did. */
export class DataDecisions {
  constructor(
    private readonly deps: {
      readonly db: Transactions;
      readonly clock: Clock;
      readonly seal: Seal;
      readonly audit: AuditTrail;
      readonly turns: AccountTurns;
    } & Pick<AuthDeps, 'isHeld'>,
  ) {}

  /**
   * Everybody may about themselves, except for holds; about others whoever manages people; about the company its owners. Throws
   * `not_allowed`, `second_factor_missing` or `step_up_required`.
   */
  async assertMay(by: Acting, decision: DataDecision): Promise<void> {
    if (by.principal.secondFactor === 'due') throw secondFactorMissing();
    const need = neededFor(by, decision);
    if (need !== undefined) assertAllowed(by.principal.context, need);
    await assertFreshProof(this.deps, by.principal);
  }

  /** Throws `confirmation_wrong` unless it is what the company is called. */
  async assertNamed({ principal: { context } }: Acting, companyName: string): Promise<void> {
    const [company] = await this.deps.db.transaction(
      context,
      (tx) => tx.query(sql`select name from tenant where tenant_id = ${context.tenantId}`, nameRow),
      { readOnly: true },
    );
    if (company?.name === companyName) return;
    throw new AuthError(
      'confirmation_wrong',
      'Write the name of your company exactly, to confirm that all of it goes.',
      {
        field: 'companyName',
      },
    );
  }

  /** Writes down what changes nothing. */
  async note(by: Acting, decision: DataDecision): Promise<void> {
    await this.deps.turns.run(by.principal.context.tenantId, (tx) => this.record(tx, by, decision));
  }

  /**
   * Writes down what was decided; call it last in a service's transaction, after `assertMay`, and for an erasure after `lockOut` or
   * `assertMayLose`. Throws `not_allowed`.
   */
  async record(tx: Transaction, by: Acting, decision: DataDecision): Promise<void> {
    const { action, userId } = decision;
    const { tenantId, userId: own } = by.principal.context;
    if (action !== 'erasure_requested') await this.#assertStillMay(tx, by, decision);
    if (action === 'hold_lifted') await releasePeople(tx, this.deps, tenantId);
    const actor = { kind: 'person', id: own } as const;
    await this.deps.audit.append(tx, tenantId, { action, subject: userId ?? null, by: actor, address: by.address });
  }

  /**
   * From the commit on nobody gets in whose data goes: the person, or everybody of the company but whoever decided it, who watches
   * until it is done. Throws `not_allowed` or `last_owner`.
   */
  async lockOut(tx: Transaction, by: Acting, userId: UserId | undefined): Promise<void> {
    const { tenantId, userId: own } = by.principal.context;
    await this.assertMayLose(tx, by, userId);
    if (userId === undefined) return erasePeople(tx, { tenantId }, own);
    await bar(tx, this.deps, { tenantId, userId });
    await deletePerson(tx, tenantId, userId);
  }

  /** Judged by what people are now. Somebody who has left is nobody's to protect. */
  async assertMayLose(tx: Transaction, by: Acting, userId: UserId | undefined): Promise<void> {
    if (userId === undefined) return this.#assertStillMay(tx, by, { action: 'erasure_requested' });
    const { tenantId, userId: own } = by.principal.context;
    const { roles, owners } = await lockStandings(tx, tenantId, [own, userId]);
    const [asker, role] = [roles.get(own), roles.get(userId)];
    if (asker === undefined) throw signInEnded();
    if (own !== userId) return assertMayChange({ by: asker, of: role ?? null, to: null, owners });
    if (role === 'owner' && owners <= 1) throw lastOwner();
  }

  async #assertStillMay(tx: Transaction, by: Acting, decision: DataDecision): Promise<void> {
    const need = neededFor(by, decision);
    if (need !== undefined) await assertStillAllowed(tx, by, need);
  }
}

/** Nothing about oneself, except for holds. */
function neededFor({ principal }: Acting, { action, userId }: DataDecision): Permission | undefined {
  if (userId === undefined) return 'owners:manage';
  const isHold = action === 'hold_placed' || action === 'hold_lifted';
  return userId === principal.context.userId && !isHold ? undefined : 'people:manage';
}
