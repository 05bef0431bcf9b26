import { openDnsResolver, type AuthConfig, type SsoDeps } from '../../ssot/auth';
import { servesCustomers, type Base } from '../../ssot/configuration-manager';

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
      return [...(own === undefined ? [] : [`${own}/`, `${own}/page/company.html`]), ...returnAddresses];
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
