import type { ReachedLimit } from '../../kernel';

const MINUTE_MS = 60_000;
const LOCKS_FORGOTTEN_MS = 24 * 60 * MINUTE_MS;

/** How many failures within how long, and what whoever has used that up must wait for. */
export interface Budget {
  readonly failures: number;
  readonly withinMs: number;
  /**
   * How long a used-up budget locks: the first time, the second, and so on; the last one is the cap. None may be shorter than
   * the window. Without any, the next attempt waits until the oldest failure has left the window.
   */
  readonly locksMs: readonly number[];
  /** Counted from the end of the last lock. */
  readonly locksForgottenMs: number;
}

function budget(failures: number, withinMs: number, ...locksMs: readonly number[]): Budget {
  return Object.freeze({
    failures,
    withinMs,
    locksMs: Object.freeze([...locksMs]),
    locksForgottenMs: LOCKS_FORGOTTEN_MS,
  });
}

const A_LIVELY_ADDRESS = budget(30, MINUTE_MS);
/** Strong secrets that nobody mistypes: ten wrong ones are no accident. */
const STRONG_SECRETS = budget(10, MINUTE_MS, MINUTE_MS);

/**
 * Failures allowed at each entrance. `address`: from one network, whomever they are about. `account`: about one e-mail, from
 * wherever. `account_and_address`: about one e-mail from one network; only this one locks, so that guessing from elsewhere
 * locks no owner out.
 */
export const BUDGETS = {
  sign_in: {
    account_and_address: budget(5, 15 * MINUTE_MS, ...[15, 30, 60, 120].map((minutes) => minutes * MINUTE_MS)),
    account: budget(30, MINUTE_MS),
    address: A_LIVELY_ADDRESS,
  },
  renewal: { address: A_LIVELY_ADDRESS },
  access_token: { address: STRONG_SECRETS },
  operator_key: { address: STRONG_SECRETS },
  connection: { address: A_LIVELY_ADDRESS },
  provider_sign_in: { address: A_LIVELY_ADDRESS },
} as const satisfies Record<string, Partial<Record<Scope, Budget>>>;

export type Entrance = keyof typeof BUDGETS;
export type Scope = 'account_and_address' | 'account' | 'address';

const ENTRANCE_NAMES: Readonly<Record<Entrance, string>> = {
  sign_in: 'failedSignIns',
  renewal: 'failedRenewals',
  access_token: 'failedAccessTokens',
  operator_key: 'failedOperatorKeys',
  connection: 'failedConnections',
  provider_sign_in: 'failedProviderSignIns',
};
const SCOPE_NAMES: Readonly<Record<Scope, string>> = {
  account_and_address: 'PerAccountAndAddress',
  account: 'PerAccount',
  address: 'PerAddress',
};

/** A budget as a refusal names it, like the limits of a plan: `failedSignInsPerAddress`. */
export function limitOf(entrance: Entrance, scope: Scope, { failures: max }: Budget): ReachedLimit {
  return { name: `${ENTRANCE_NAMES[entrance]}${SCOPE_NAMES[scope]}`, max };
}
