import { readId } from '../id-manager';
import { vouchFor, type Id, type SessionId } from '../kernel';
import { readToken } from './tokens/access-tokens';
import { AccountTurns } from './turns/account-turns';
import { ApiKeys, LiveKeys } from './api-keys';
import { createAttemptLimiter } from './attempts';
import { AuditTrail, TrailUpkeep } from './audit';
import type { Auth, AuthDeps, Ending, PersonPrincipal, Principal } from './contract';
import { accountCustomerData } from './customer-data';
import { DataDecisions } from './data-decisions';
import { isCode, tokenInvalid } from './errors';
import { assertFreshProof, Factors, SecondFactorSignIn } from './factors';
import { contextOf, LiveSessions } from './sessions/live-sessions';
import { Membership } from './membership';
import { OwnSessions } from './sessions/own-sessions';
import { Passwords } from './passwords/passwords';
import { People } from './people/people';
import { Renewals } from './sessions/renewals';
import { Seal } from './sealing';
import { SessionAging } from './sessions/session-aging';
import { SessionOpening } from './sessions/session-opening';
import { PasswordSignIn } from './sessions/sign-in';
import { loadSigningKey } from './tokens/signing-keys';
import {
  BackChannelLogout,
  DomainClaims,
  Identities,
  InternalIssuers,
  OwnerActs,
  ProviderClients,
  ProviderFetch,
  ProviderSignIn,
  SingleSignOn,
} from './sso';
import { TimeZones } from './time-zones';

/** Makes the signing key where there is none that the master keys open. */
export async function openAuth(deps: AuthDeps): Promise<Auth> {
  const { config, clock } = deps;
  const seal = new Seal(deps.keys);
  const key = await loadSigningKey(deps, seal);
  const live = new LiveSessions(deps);
  const passwords = new Passwords(clock);
  const attempts = createAttemptLimiter({ ...deps, pseudonym: (text) => seal.pseudonym(text) });
  const liveKeys = new LiveKeys(deps);
  const audit = new AuditTrail(deps);
  const turns = new AccountTurns(deps);
  const parts = { ...deps, key, seal, passwords, live, liveKeys, attempts, audit, turns };
  const apiKeys = new ApiKeys(parts);
  const zones = new TimeZones(parts);
  const people = new People(parts, attempts, zones);
  const membership = new Membership(parts);
  const factors = new Factors({ ...parts, assertPassword: (by, password) => membership.assertPassword(by, password) });
  const opening = new SessionOpening(parts);
  const secondFactor = new SecondFactorSignIn({ ...parts, opening });
  const doors = { ...parts, opening, secondFactor };
  const ownSessions = new OwnSessions(parts);
  const aging = new SessionAging(parts);
  const upkeep = new TrailUpkeep(parts);
  const signIn = new PasswordSignIn(doors);
  const renewals = new Renewals(doors);
  const internal = new InternalIssuers(deps.sso.internalIssuers);
  const http = new ProviderFetch(internal, deps.sso.dns);
  const clients = new ProviderClients({ clock, internal, http });
  const providers = { ...doors, http, clients, identities: new Identities(parts), acts: new OwnerActs(parts) };
  const providerSignIn = new ProviderSignIn(providers);
  const singleSignOn = new SingleSignOn(providers);
  const domains = new DomainClaims({ ...providers, dns: deps.sso.dns });
  const backChannel = new BackChannelLogout(providers);

  /** What nobody could believe is counted before it is told. */
  const counted = async <T>(address: string, work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (refusal) {
      if (isCode(refusal, 'token_invalid')) await attempts.recordFailure({ entrance: 'access_token', address });
      throw refusal;
    }
  };
  const checkPerson = async (token: string, address: string): Promise<PersonPrincipal> => {
    const claims = await counted(address, readToken(key, config, clock, token));
    const row = await live.authorityOf(claims.sid);
    if (claims.tid !== row.tenant_id || claims.sub !== row.user_id) throw tokenInvalid();
    const whole = contextOf(row);
    const secondFactor = await live.secondFactorOf(row);
    return Object.freeze({
      context: secondFactor === 'due' ? vouchFor({ ...whole, permissions: ['account:use'] }) : whole,
      kind: 'person' as const,
      secondFactor,
      sessionId: claims.sid,
      plan: row.plan,
      authTime: new Date(claims.auth_time * 1000),
      methods: Object.freeze([...claims.amr]),
      expiresAt: new Date(claims.exp * 1000),
    });
  };
  async function check(token: string, as: 'person', address: string): Promise<PersonPrincipal>;
  async function check(token: string, as: 'any', address: string): Promise<Principal>;
  async function check(token: string, as: 'person' | 'any', address: string): Promise<Principal> {
    const keyId = as === 'any' ? seal.keyOf(token) : undefined;
    return keyId === undefined ? checkPerson(token, address) : counted(address, liveKeys.check(keyId, token));
  }
  return {
    customerData: accountCustomerData(parts),
    dataDecisions: new DataDecisions(parts),
    attempts,
    tokens: { check, jwks: () => ({ keys: [key.jwk] }) },
    signIn: {
      withPassword: (proof) => signIn.withPassword(proof),
      withSecondFactor: (proof) => secondFactor.withCode(proof),
      start: (who, returnTo) => providerSignIn.start(who, returnTo),
      finish: (callback) => providerSignIn.finish(callback),
      returnAddressOf: (browserKey) => providerSignIn.returnAddressOf(browserKey),
      redeem: (proof) => providerSignIn.redeem(proof),
    },
    sessions: {
      renew: (refresh, device, address) => renewals.renew(refresh, device, address),
      list: (by) => ownSessions.list(by),
      end: (by, id) => ownSessions.end(by, id),
      endOthers: (by) => ownSessions.endOthers(by),
      recordAged: () => aging.record(),
      endedAmong: async <K extends SessionId | Id<'key'>>(ids: readonly K[]) => {
        const keys = ids.filter((id) => readId('key', id).ok) as readonly Id<'key'>[];
        const sessions = ids.filter((id) => !readId('key', id).ok) as readonly SessionId[];
        const ended = await Promise.all([live.endedAmong(sessions), liveKeys.endedAmong(keys)]);
        const all: readonly (readonly [string, Ending])[] = ended.flatMap((some) => [...some]);
        // Each of them is one that was asked about.
        return new Map(all as readonly (readonly [K, Ending])[]);
      },
    },
    accounts: {
      contextFor: (tenantId, userId) => people.contextFor(tenantId, userId),
      namesOf: (ctx, ids) => people.namesOf(ctx, ids),
      findByName: (ctx, words) => people.findByName(ctx, words),
      profile: (ctx) => people.profile(ctx),
      keptPlansOf: (tenants) => people.keptPlansOf(tenants),
      zoneOf: (tenantId) => zones.of(tenantId),
      setTimeZone: (by, timeZone) => zones.setOwn(by, timeZone),
      list: (by, query) => membership.list(by, query),
      add: (by, person) => membership.add(by, person),
      setRole: (by, userId, role) => membership.setRole(by, userId, role),
      remove: (by, userId) => membership.remove(by, userId),
      setPassword: (by, userId, password) => membership.setPassword(by, userId, password),
      changePassword: (by, present, next) => membership.changePassword(by, present, next),
    },
    factors: {
      enrolTotp: (by) => factors.enrolTotp(by),
      confirmTotp: (by, code) => factors.confirmTotp(by, code),
      replaceBackupCodes: (by) => factors.replaceBackupCodes(by),
      remove: (by, userId) => factors.remove(by, userId),
      assertFreshProof: (by) => assertFreshProof(parts, by.principal),
      stepUp: (by, proof) => factors.stepUp(by, proof),
    },
    sso: {
      settings: (by) => singleSignOn.settings(by),
      connect: (by, connection) => singleSignOn.connect(by, connection),
      disconnect: (by) => singleSignOn.disconnect(by),
      claimDomain: (by, domain) => domains.claim(by, domain),
      proveDomain: (by, domain) => domains.prove(by, domain),
      dropDomain: (by, domain) => domains.drop(by, domain),
      enforce: (by, emergencyOwner) => singleSignOn.enforce(by, emergencyOwner),
      lift: (by) => singleSignOn.lift(by),
      backChannelLogout: (token, address) => backChannel.end(token, address),
    },
    apiKeys: {
      create: (by, wanted) => apiKeys.create(by, wanted),
      list: (by) => apiKeys.list(by),
      revoke: (by, keyId) => apiKeys.revoke(by, keyId),
    },
    audit: {
      read: (ctx, query) => audit.read(ctx, query),
      readOwn: (ctx, query) => audit.readOwn(ctx, query),
      verify: (ctx) => audit.verify(ctx),
      keepUp: (closing) => upkeep.run(closing),
    },
    provisioning: {
      recognise: (credential, address) => people.recognise(credential, address),
      createTenant: (by, tenant, key) => people.createTenant(by, tenant, key),
      setPlan: (by, tenantId, plan) => people.setPlan(by, tenantId, plan),
      addPerson: (by, tenantId, person) => people.addPerson(by, tenantId, person),
      setTimeZone: (by, tenantId, timeZone) => people.setTimeZone(by, tenantId, timeZone),
      suspendTenant: (by, tenantId) => people.suspendTenant(by, tenantId),
      liftSso: (by, tenantId) => people.liftSso(by, tenantId),
      restoreTenant: (by, tenantId) => people.restoreTenant(by, tenantId),
    },
    [Symbol.asyncDispose]: () => http.close(),
  };
}
