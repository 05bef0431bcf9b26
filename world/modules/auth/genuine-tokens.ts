import type { AuthConfig } from '../../../ssot/auth';
import { PlatformError } from '../../../ssot/kernel';
import { ControlledClock } from '../../operations/controlled-clock';
import { authOn } from './open-auth';
import type { Person } from '../../actors/person';
import { COMPANIES, PEOPLE } from '../../actors/personas';
import type { RevenueWorld } from '../../revenue-world';
import { addressOf } from '../../settings';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOME = '198.51.100.1';

/** How a token that the platform's own key signed differs from one that counts here and now; times in milliseconds. */
export interface Circumstances {
  readonly shownAfter?: number;
  readonly datedAhead?: number;
  readonly config?: Partial<AuthConfig>;
}

export const CIRCUMSTANCES = {
  'that is 14 minutes and 59 seconds old': { shownAfter: 15 * MINUTE - SECOND },
  'that is 15 minutes old': { shownAfter: 15 * MINUTE },
  'dated 60 seconds ahead': { datedAhead: 60 * SECOND },
  'dated 61 seconds ahead': { datedAhead: 61 * SECOND },
  'made for another product': { config: { audience: 'another-product' } },
  'of another deployment': { config: { issuer: 'urn:another-deployment' } },
  'made to last 16 minutes': { config: { accessTokenMs: 16 * MINUTE } },
} as const satisfies Readonly<Record<string, Circumstances>>;

/** Tokens signed with the platform's own key on PostgreSQL, given out by one auth and shown to another. */
export class GenuineTokens {
  answer = '';
  #token = '';
  #shownAfter = 0;

  constructor(private readonly world: RevenueWorld) {}

  async give(person: Person, { shownAfter = 0, datedAhead = 0, config = {} }: Circumstances): Promise<void> {
    const giving = await authOn(this.world.connections, {
      clock: new ControlledClock(this.world.clock.now() + datedAhead),
      config,
    });
    const by = await giving.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), HOME);
    const { name, email, password } = person;
    const { company, role } = PEOPLE[name];
    const tenantId = await giving.provisioning.createTenant(by, { name: company, plan: COMPANIES[company].plan });
    await giving.provisioning.addPerson(by, tenantId, { name, email, password, role });
    const { tokens } = await giving.signIn.withPassword({ email, password, device: 'laptop', address: HOME });
    this.#token = tokens.access;
    this.#shownAfter = shownAfter;
  }

  async show(): Promise<void> {
    const asked = await authOn(this.world.connections, { clock: this.world.clock });
    this.world.clock.advance(this.#shownAfter);
    this.answer = await asked.tokens.check(this.#token, 'person', HOME).then(
      () => 'believed',
      (refusal: unknown) => {
        if (refusal instanceof PlatformError) return refusal.code;
        throw refusal;
      },
    );
  }
}
