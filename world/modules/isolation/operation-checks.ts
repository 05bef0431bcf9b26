import { callOf } from '../analytics/analytics-under-test';

/** What the entitled person has, by the parameters of the published paths. */
export type Owned = Readonly<
  Record<'threadId' | 'runId' | 'callId' | 'connectionId' | 'sessionId' | 'userId' | 'keyId' | 'domain', string>
>;

/** Who sends a request, as far as a request depends on it. */
export interface Asker {
  readonly password: string;
  /** Rises with each request, for what must be new. */
  readonly count: number;
}

/**
 * How an operation that is not public is tried. `others`: the request names something of somebody's, and whoever that does
 * not belong to is answered as if it were not there. `own`: everybody reads or writes what is theirs.
 */
export interface OperationCheck {
  readonly about: 'others' | 'own';
  /** What colleagues without the right are refused: members of the company. */
  readonly needsRight?: true;
  /** Only owners have it, and no administrator. */
  readonly ofOwners?: true;
  /** What the entitled person is answered, because a request that is written down beforehand leads nowhere by itself. */
  readonly entitled?:
    | 'code_invalid'
    | 'not_found'
    | 'issuer_refused'
    | 'sso_required'
    | 'persistence_subject_unknown'
    | 'persistence_not_held'
    | 'confirmation_wrong';
  readonly query?: string;
  readonly body?: (of: Owned, by: Asker) => object;
}

const others = (more: Partial<OperationCheck> = {}): OperationCheck => ({ about: 'others', ...more });
const own = (more: Partial<OperationCheck> = {}): OperationCheck => ({ about: 'own', ...more });
const RIGHT = { needsRight: true } as const;
const OWNERS = { ...RIGHT, ofOwners: true } as const;
const DAY = '?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z';
const reason = 'tried by the isolation check';

/**
 * One entry for every published operation that is not public, in an order in which each can be asked: what ends things comes
 * last. An operation without an entry fails the suite.
 */
export const OPERATION_CHECKS: Readonly<Record<string, OperationCheck>> = {
  'GET /v1/me': own(),
  'GET /v1/me/activity': own(),
  'GET /v1/threads': own(),
  'POST /v1/threads': own({ body: () => ({ title: 'Another one' }) }),
  'GET /v1/threads/{threadId}': others(),
  'GET /v1/threads/{threadId}/events': others(),
  'PATCH /v1/threads/{threadId}': others({ body: () => ({ title: 'Renamed' }) }),
  'GET /v1/runs/{runId}': others(),
  'GET /v1/runs/{runId}/calls/{callId}': others(),
  'POST /v1/runs/{runId}/cancel': others(),
  'POST /v1/runs/{runId}/publication': others(RIGHT),
  'GET /v1/reports': own(),
  'DELETE /v1/runs/{runId}/publication': others(),
  'POST /v1/threads/{threadId}/messages': others({
    body: (_, { count }) => ({ clientMessageId: `m-${count}`, text: 'Will it rain tomorrow?' }),
  }),
  'GET /v1/devices': own(),
  'DELETE /v1/connections/{connectionId}': others(),
  'DELETE /v1/devices/{sessionId}': others(),
  'DELETE /v1/devices': own(),
  'POST /v1/usage': own({ body: (_, { count }) => ({ events: [callOf(`tried-${count}`)] }) }),
  'GET /v1/usage/coverage': own({ query: DAY }),
  'GET /v1/settings': own(RIGHT),
  'GET /v1/settings/history': own(RIGHT),
  'PATCH /v1/settings': own({
    ...RIGHT,
    body: () => ({ expectedVersion: 0, reason, set: { 'model.wording': true } }),
  }),
  'POST /v1/settings/restore': own({ ...RIGHT, body: () => ({ expectedVersion: 1, reason, toVersion: 0 }) }),
  'GET /v1/company/time-zone': own(),
  'PUT /v1/company/time-zone': own({ ...RIGHT, body: () => ({ timeZone: 'Europe/Berlin' }) }),
  'POST /v1/me/step-up': own({ body: (_, { password }) => ({ password }) }),
  'POST /v1/me/second-factor': own(),
  'PUT /v1/me/second-factor/confirmation': own({ body: () => ({ code: '000000' }), entitled: 'code_invalid' }),
  'POST /v1/me/second-factor/backup-codes': own({ entitled: 'not_found' }),
  'DELETE /v1/me/second-factor': own(),
  'GET /v1/api-keys': own(RIGHT),
  'POST /v1/api-keys': own({ ...RIGHT, body: () => ({ name: 'Nightly export', scopes: ['usage:read'] }) }),
  'DELETE /v1/api-keys/{keyId}': others(RIGHT),
  // Its own provider is never asked: what is written down beforehand leads nowhere.
  'GET /v1/single-sign-on': own(OWNERS),
  'PUT /v1/single-sign-on': own({
    ...OWNERS,
    entitled: 'issuer_refused',
    body: () => ({ issuer: 'http://login.example', clientId: 'a', clientSecret: 'b', newPeople: 'members' }),
  }),
  'POST /v1/single-sign-on/domains': own({ ...OWNERS, body: (_, { count }) => ({ domain: `tried-${count}.example` }) }),
  'PUT /v1/single-sign-on/domains/{domain}/proof': own({ ...OWNERS, entitled: 'not_found' }),
  'DELETE /v1/single-sign-on/domains/{domain}': own({ ...OWNERS, entitled: 'not_found' }),
  'PUT /v1/single-sign-on/enforcement': own({
    ...OWNERS,
    entitled: 'sso_required',
    body: ({ userId }) => ({ emergencyOwner: userId }),
  }),
  'DELETE /v1/single-sign-on/enforcement': own({ ...OWNERS, entitled: 'not_found' }),
  'DELETE /v1/single-sign-on': own({ ...OWNERS, entitled: 'not_found' }),
  'GET /v1/audit': own(RIGHT),
  'GET /v1/audit/verification': own(RIGHT),
  'GET /v1/people': own(RIGHT),
  'POST /v1/people': own({
    ...RIGHT,
    body: (_, { count, password }) => ({
      ...{ name: 'Kim', email: `kim-${count}-${password.slice(0, 8)}@new.example`, password, role: 'member' },
    }),
  }),
  'DELETE /v1/people/{userId}/second-factor': others({ ...RIGHT, entitled: 'not_found' }),
  'PUT /v1/people/{userId}/role': others({ ...RIGHT, body: () => ({ role: 'administrator' }) }),
  'PUT /v1/people/{userId}/password': others({ ...RIGHT, body: (_, { password }) => ({ password: `${password}-2` }) }),
  'PUT /v1/people/{userId}/hold': others({ ...RIGHT, body: () => ({ reason }) }),
  'DELETE /v1/people/{userId}/hold': others(RIGHT),
  'GET /v1/holds': own(RIGHT),
  'GET /v1/people/{userId}/export': others(RIGHT),
  'GET /v1/people/{userId}/erasure': others({ ...RIGHT, entitled: 'persistence_subject_unknown' }),
  // What is the whole company's is for its owners alone.
  'GET /v1/company/export': own(OWNERS),
  'GET /v1/company/erasure': own({ ...OWNERS, entitled: 'persistence_subject_unknown' }),
  'POST /v1/company/erasure': own({
    ...OWNERS,
    body: () => ({ companyName: 'Not Acme' }),
    entitled: 'confirmation_wrong',
  }),
  'PUT /v1/company/hold': own({ ...OWNERS, body: () => ({ reason }) }),
  'DELETE /v1/company/hold': own(OWNERS),
  'DELETE /v1/people/{userId}': others(RIGHT),
  // Of a colleague who has left and of whom nothing is there.
  'POST /v1/people/{userId}/erasure': others({ ...RIGHT, entitled: 'persistence_subject_unknown' }),
  'DELETE /v1/threads/{threadId}': others(),
  'PUT /v1/me/password': own({ body: (_, { password }) => ({ presentPassword: password, password: `${password}-3` }) }),
  'POST /v1/sign-out': own(),
};

/** Published for anybody, and why nothing of a company can be had there. A public operation without a reason fails the suite. */
export const PUBLIC_OPERATIONS: Readonly<Record<string, string>> = {
  'GET /health/live': 'says of the instance whether it lives',
  'GET /health/ready': 'says of the instance whether customers may come',
  'GET /health/startup': 'says of the instance whether it was ever ready',
  'POST /v1/sign-in': 'lets in whoever proves themselves; refusals sound the same',
  'POST /v1/sign-in/second-factor': 'goes by a sign-in that was begun with the right password',
  'POST /v1/sign-in/provider': 'names a company’s provider to whoever has an e-mail of its domain, and nobody of it',
  'GET /v1/sign-in/provider/callback': 'goes by what the provider says, and by the browser that began',
  'POST /v1/sign-in/provider/hand-over': 'goes by a secret that works once, in the browser that began',
  'POST /v1/sign-in/provider/sign-out': 'goes by the signature of a company’s own provider, and only ends',
  'POST /v1/sign-in/renew': 'goes by a secret that only the device has',
  'GET /.well-known/jwks.json': 'public keys, meant for everybody',
};

/** What a device says that names somebody's thread or run; `undefined`: names nothing of anybody's. */
export const MESSAGE_CHECKS: Readonly<Record<string, ((of: Owned) => object) | undefined>> = {
  subscribe: ({ threadId }) => ({ threadId, afterSeq: 0 }),
  unsubscribe: ({ threadId }) => ({ threadId }),
  send_message: ({ threadId }) => ({ threadId, clientMessageId: 'm-1', text: 'Will it rain tomorrow?' }),
  cancel_run: ({ runId }) => ({ runId }),
  renew: undefined,
  ping: undefined,
  pong: undefined,
};
