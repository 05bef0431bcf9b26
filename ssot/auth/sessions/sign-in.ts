import { z } from 'zod';
import { FairTurns, sql } from '../../kernel';
import { networkOf, spelling, type Attempt, type AttemptLimiter } from '../attempts';
import { PLATFORM_CHAIN, type AuditTrail } from '../audit';
import type { AuthDeps, PasswordProof, SignedIn } from '../contract';
import { AuthError, credentialsInvalid, overloaded } from '../errors';
import type { SecondFactorSignIn } from '../factors';
import type { LiveSessions } from './live-sessions';
import type { Passwords } from '../passwords/passwords';
import { AUTH } from '../principals';
import type { Seal } from '../sealing';
import { accountRow, type SessionOpening } from './session-opening';
import type { SigningKey } from '../tokens/signing-keys';
import { isEmergencyOwner, isEnforced } from '../sso/enforcement';

const candidateRow = accountRow.extend({
  suspended: z.boolean(),
  has_factor: z.boolean(),
  is_enforced: z.boolean(),
  is_emergency_owner: z.boolean(),
});
type CandidateRow = z.infer<typeof candidateRow>;

export interface SignInDeps extends AuthDeps {
  readonly key: SigningKey;
  readonly seal: Seal;
  readonly passwords: Passwords;
  readonly live: LiveSessions;
  readonly attempts: AttemptLimiter;
  readonly audit: AuditTrail;
  readonly opening: SessionOpening;
  readonly secondFactor: SecondFactorSignIn;
}

/** Of strangers, who are looked at before they take their turns: a thousand at once would hold up whoever is known. */
const LOOKED_AT_ONCE = 4;
const MAX_WAIT_MS = 3_000;

type SignInAttempt = Attempt & { readonly entrance: 'sign_in' };

/** Signs people in with their password. */
export class PasswordSignIn {
  readonly #strangers: FairTurns;

  constructor(private readonly deps: SignInDeps) {
    this.#strangers = new FairTurns(LOOKED_AT_ONCE, deps.clock);
  }

  /** Whoever has to wait is told so before anything is done for them; who is known goes before long work of companies. */
  async withPassword(proof: PasswordProof): Promise<SignedIn> {
    const { foreground } = this.deps;
    const { email, address } = proof;
    const attempt = { entrance: 'sign_in', email, address } as const;
    const isKnown = await this.#lookedAt(attempt);
    const open = (): Promise<SignedIn> => this.#open(proof, attempt, isKnown);
    return isKnown && foreground !== undefined ? foreground.run(undefined, open) : open();
  }

  /** Whether they are known. Others are looked at in turns of networks, so that refusing a crowd of them takes no turn to hash. */
  async #lookedAt(attempt: SignInAttempt): Promise<boolean> {
    const { attempts } = this.deps;
    if (attempts.isKnownHere(attempt)) return true;
    const limit = { ms: MAX_WAIT_MS, late: () => overloaded(MAX_WAIT_MS) };
    return this.#strangers.run(networkOf(attempt.address), { ofOne: 1, limit }, async () => {
      await attempts.assertAllowed(attempt);
      return attempts.isKnown(attempt);
    });
  }

  async #open(proof: PasswordProof, attempt: SignInAttempt, isKnown: boolean): Promise<SignedIn> {
    const { db, opening, secondFactor } = this.deps;
    const account = await this.#accountOf(proof, attempt, isKnown);
    if (isClosedTo(account)) {
      await this.#record(account, proof.address, 'sign_in_refused', { reason: 'sso_required' });
      throw ssoRequired();
    }
    if (account.has_factor) throw await secondFactor.begin(account);
    const opened = await db.asService(AUTH, (tx) => opening.openIn(tx, account, { ...proof, methods: ['pwd'] }));
    return opening.handOver(opened);
  }

  /** Whose e-mail and password these are: judged in turn, and told only once that is counted. */
  async #accountOf(
    { email, password, address }: PasswordProof,
    attempt: SignInAttempt,
    isKnown: boolean,
  ): Promise<CandidateRow> {
    const { attempts, passwords, seal, metrics } = this.deps;
    const crowds = [`address ${networkOf(address)}`, `account ${seal.pseudonym(spelling(email))}`];
    return passwords.inTurn({ crowds, isKnown }, async (verify) => {
      await attempts.assertAllowed(attempt);
      const account = await this.#find(email);
      const isRight = await verify(account?.password_hash ?? undefined, password);
      if (account === undefined || !isRight || account.suspended) {
        metrics.count('auth_sign_ins_total', { outcome: 'refused' });
        await attempts.recordFailure(attempt);
        await this.#recordRefusal(account, attempt);
        throw credentialsInvalid();
      }
      await attempts.recordSuccess(attempt);
      metrics.count('auth_sign_ins_total', { outcome: 'signed_in' });
      return account;
    });
  }

  /** In the same time, whether or not somebody has this e-mail; once the attempt counts, so that nobody floods the trail. */
  async #recordRefusal(account: CandidateRow | undefined, attempt: Attempt): Promise<void> {
    const isLocked = await this.deps.attempts.isUsedUp(attempt);
    await this.#record(account, attempt.address, isLocked ? 'sign_in_locked' : 'sign_in_refused');
  }

  #record(
    account: CandidateRow | undefined,
    address: string,
    action: 'sign_in_locked' | 'sign_in_refused',
    details: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    return this.deps.db.asService(AUTH, (tx) =>
      this.deps.audit.append(tx, account?.tenant_id ?? PLATFORM_CHAIN, {
        ...{ action, by: { kind: 'nobody', id: null }, subject: account?.user_id ?? null, address, details },
      }),
    );
  }

  async #find(email: string): Promise<CandidateRow | undefined> {
    const [account] = await this.deps.db.asService(
      AUTH,
      (tx) =>
        tx.query(
          sql`select a.tenant_id, a.user_id, a.password_hash, t.plan, t.suspended_at is not null as suspended,
                exists (select from totp_factor f where f.tenant_id = a.tenant_id and f.user_id = a.user_id
                  and f.confirmed_at is not null) as has_factor,
                ${isEnforced} as is_enforced, ${isEmergencyOwner} as is_emergency_owner
              from account a join tenant t using (tenant_id) where lower(a.email) = lower(${email})`,
          candidateRow,
        ),
      { readOnly: true },
    );
    return account;
  }
}

/** Where single sign-on is the only way in, one named owner has another, with a second factor. */
function isClosedTo({
  is_enforced: isOnlyWay,
  is_emergency_owner: isNamed,
  has_factor: hasFactor,
}: CandidateRow): boolean {
  return isOnlyWay && !(isNamed && hasFactor);
}

/** Told after the right password only. */
export function ssoRequired(): AuthError {
  return new AuthError('sso_required', 'Your company signs in with its own provider. Sign in with it.');
}
