import { openAuth, openDnsResolver, type Auth, type AuthConfig, type AuthDeps, type SsoDeps } from '../../ssot/auth';
import { servesCustomers, type Base } from '../../ssot/configuration-manager';
import { Recurring } from '../../ssot/kernel';

const AGING_MS = 15 * 60_000;
/** Not at the same time as the other. */
const UPKEEP_MS = 10 * 60_000;

/** Auth, and now and then a look at which sign-ins nobody has renewed in time, and what of the trails has grown old. */
export async function openIdentity(deps: AuthDeps): Promise<Auth> {
  const auth = await openAuth(deps);
  const aging = new Recurring(
    deps.clock,
    {
      ...{ firstAfterMs: AGING_MS, everyMs: AGING_MS },
      onFailure: (reason) => deps.log.warn({ reason }, 'sign-ins that aged out are not written down yet'),
    },
    () => auth.sessions.recordAged(),
  );
  const upkeep = new Recurring(
    deps.clock,
    {
      ...{ firstAfterMs: UPKEEP_MS, everyMs: UPKEEP_MS },
      onFailure: (reason) => deps.log.warn({ reason }, 'audit trails were not all kept up; they will be the next time'),
    },
    (closing) => auth.audit.keepUp(closing),
  );
  return {
    ...auth,
    [Symbol.asyncDispose]: async () => {
      await upkeep[Symbol.asyncDispose]();
      await aging[Symbol.asyncDispose]();
      await auth[Symbol.asyncDispose]();
    },
  };
}

/** What single sign-on lives from. `ownUrl`: this instance's own address, to which browsers come straight where no customers are. */
export function singleSignOnFrom({ environment, settings }: Base, ownUrl: () => string): SsoDeps {
  const { returnAddresses, internalIssuers, dnsServers } = settings.identity;
  const publicUrl = (): string | undefined => {
    if (settings.server.publicUrl !== '') return settings.server.publicUrl;
    return servesCustomers(environment) ? undefined : ownUrl();
  };
  return {
    publicUrl,
    returnAddresses: () => {
      const own = publicUrl();
      return [
        ...(own === undefined ? [] : [`${own}/`, `${own}/page/account.html`, `${own}/page/company.html`]),
        ...returnAddresses,
      ];
    },
    internalIssuers,
    dns: openDnsResolver(dnsServers),
  };
}

export function authConfigFrom({ environment, settings }: Base): AuthConfig {
  return {
    ...settings.identity,
    // A token of one deployment is worth nothing in another.
    issuer: `urn:agent-chat-platform:${environment}`,
    audience: 'agent-chat-api',
  };
}
