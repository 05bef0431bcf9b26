import type { Acting, Auth } from '../../../ssot/auth';
import { PlatformError, type UserId } from '../../../ssot/kernel';
import type { Connections } from '../../stores/connections';
import type { ControlledClock } from '../../operations/controlled-clock';
import type { Person } from '../../actors/person';
import { addressOf } from '../../settings';
import { authOn } from './open-auth';

const HOME = '198.51.100.3';

/** Somebody who signed in a while ago, on the controlled clock, and what they want to do now. */
export class FreshProof {
  answer = '';
  #auth: Auth | null = null;
  #by: Acting | null = null;
  #colleague: UserId | null = null;
  #password = '';

  constructor(private readonly world: { readonly clock: ControlledClock; readonly connections: Connections }) {}

  async signedIn(person: Person, agoMs: number): Promise<void> {
    const auth = await authOn(this.world.connections, { clock: this.world.clock });
    const operator = await auth.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), HOME);
    const tenantId = await auth.provisioning.createTenant(operator, { name: person.tenant.name, plan: 'enterprise' });
    const { name, email, password } = person;
    await auth.provisioning.addPerson(operator, tenantId, { name, email, password, role: 'administrator' });
    const colleague = { name: 'Cleo', email: `cleo.${email}`, password, role: 'member' } as const;
    this.#colleague = await auth.provisioning.addPerson(operator, tenantId, colleague);
    const { tokens } = await auth.signIn.withPassword({ email, password, device: 'laptop', address: HOME });
    this.#by = { principal: await auth.tokens.check(tokens.access, 'person', HOME), address: HOME };
    this.#password = password;
    this.#auth = auth;
    this.world.clock.advance(agoMs);
  }

  changeRole(): Promise<void> {
    return this.#try((auth, by) => auth.accounts.setRole(by, this.#colleague as UserId, 'administrator'));
  }

  makeKey(): Promise<void> {
    return this.#try((auth, by) => auth.apiKeys.create(by, { name: 'A program', scopes: ['usage:read'] }));
  }

  signOutOthers(): Promise<void> {
    return this.#try((auth, by) => auth.sessions.endOthers(by));
  }

  async proveAndMakeKey(): Promise<void> {
    await this.#try((auth, by) => auth.factors.stepUp(by, { password: this.#password }));
    if (this.answer === 'done') await this.makeKey();
  }

  async #try(act: (auth: Auth, by: Acting) => Promise<unknown>): Promise<void> {
    if (this.#auth === null || this.#by === null) throw new Error('nobody has signed in yet');
    this.answer = await act(this.#auth, this.#by).then(
      () => 'done',
      (refusal: unknown) => {
        if (refusal instanceof PlatformError) return refusal.code;
        throw refusal;
      },
    );
  }
}
