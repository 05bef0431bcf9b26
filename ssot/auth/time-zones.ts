import { z } from 'zod';
import { assertAllowed, sql, type TenantId, type Transaction } from '../kernel';
import type { AccountTurns } from './turns/account-turns';
import type { AuditEvent, AuditTrail } from './audit';
import type { Acting, AuthDeps } from './contract';
import { AuthError } from './errors';
import { noSuchCompany } from './people/person-insertion';

const zoneRow = z.object({ time_zone: z.string() });
const USUAL = 'UTC';

/** Where a company's days begin and end. Its own module one day: nothing else of auth looks at it. */
export class TimeZones {
  constructor(
    private readonly deps: Pick<AuthDeps, 'isTimeZone'> & { readonly audit: AuditTrail; readonly turns: AccountTurns },
  ) {}

  /** That of a company that is gone is UTC. */
  async of(tenantId: TenantId): Promise<string> {
    const [found] = await this.deps.turns.run(
      tenantId,
      (tx) => tx.query(sql`select time_zone from tenant where tenant_id = ${tenantId}`, zoneRow),
      true,
    );
    return found?.time_zone ?? USUAL;
  }

  async setOwn({ principal, address }: Acting, timeZone: string): Promise<void> {
    const { context } = principal;
    assertAllowed(context, 'settings:write');
    await this.set(context.tenantId, timeZone, { by: { kind: 'person', id: context.userId }, address });
  }

  /** For whoever has been asked for their right to. Throws `not_found`, `invalid_input`. */
  async set(tenantId: TenantId, timeZone: string, { by, address }: Pick<AuditEvent, 'by' | 'address'>): Promise<void> {
    await this.#assertKnown(timeZone);
    await this.deps.turns.run(tenantId, async (tx: Transaction) => {
      const { rows } = await tx.execute(sql`update tenant set time_zone = ${timeZone} where tenant_id = ${tenantId}`);
      if (rows === 0) throw noSuchCompany();
      const details = { timeZone };
      await this.deps.audit.append(tx, tenantId, { action: 'time_zone_changed', subject: null, by, address, details });
    });
  }

  async #assertKnown(timeZone: string): Promise<void> {
    const isKnown = timeZone === USUAL || ((await this.deps.isTimeZone?.(timeZone)) ?? false);
    if (isKnown) return;
    throw new AuthError(
      'invalid_input',
      '"timeZone" is not a time zone that is known here. Name one of the IANA list, such as Europe/Berlin.',
      { field: 'timeZone' },
    );
  }
}
