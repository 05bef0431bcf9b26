import type { Auth, AuditEntry } from '../../../ssot/auth';
import type { TenantContext } from '../../../ssot/kernel';
import type { Tenant } from '../../actors/tenant';
import { ControlledClock } from '../../operations/controlled-clock';
import { addressOf } from '../../settings';
import type { Connections } from '../../stores/connections';
import { authOn } from './open-auth';

const HOME = '198.51.100.4';
/** Longer ago than anything that another scenario decides, so that its trail ages alone. */
const LONG_AGO = Date.UTC(2020, 0, 1);

/** A company whose trail has grown old, on a clock of its own. */
export class AgedTrail {
  #auth: Auth | null = null;
  #owner: TenantContext | null = null;

  constructor(private readonly world: { readonly connections: Connections }) {}

  /** On its way it came, got its owner and was moved to another plan; and later it was moved back. */
  async moved(
    tenant: Tenant,
    { firstMs, thenMs }: { readonly firstMs: number; readonly thenMs: number },
  ): Promise<void> {
    const clock = new ControlledClock(LONG_AGO);
    const auth = await authOn(this.world.connections, { clock });
    const operator = await auth.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), HOME);
    const tenantId = await auth.provisioning.createTenant(operator, { name: tenant.name, plan: 'enterprise' });
    const owner = {
      name: 'Olga',
      email: `olga@${tenant.suffix}.aged.example`,
      password: 'a password that is long enough',
    };
    const ownerId = await auth.provisioning.addPerson(operator, tenantId, { ...owner, role: 'owner' });
    await auth.provisioning.setPlan(operator, tenantId, 'mid');
    clock.advance(firstMs - thenMs);
    await auth.provisioning.setPlan(operator, tenantId, 'enterprise');
    clock.advance(thenMs);
    this.#auth = auth;
    this.#owner = await auth.accounts.contextFor(tenantId, ownerId);
  }

  async keepUp(): Promise<void> {
    await this.#trail.auth.audit.keepUp();
  }

  entries(): Promise<readonly AuditEntry[]> {
    return this.#trail.auth.audit.read(this.#trail.owner, { limit: 100 });
  }

  verdict(): ReturnType<Auth['audit']['verify']> {
    return this.#trail.auth.audit.verify(this.#trail.owner);
  }

  get #trail(): { readonly auth: Auth; readonly owner: TenantContext } {
    if (this.#auth === null || this.#owner === null) throw new Error('no company has a trail that has grown old');
    return { auth: this.#auth, owner: this.#owner };
  }
}
