import type { HttpClient } from '../../clients/http-client';
import type { SignOnStage } from '../../identity-provider/identity-providers';
import type { Claims } from '../../identity-provider/provider-process';
import type { Person } from '../../actors/person';
import type { Tenant } from '../../actors/tenant';

interface Domain {
  readonly record: { readonly name: string; readonly value: string };
}
interface Settings {
  readonly redirectAddress: string;
  readonly signOutAddress: string;
}

/** A company, its owner, and the provider with which its people sign in: a real one, or one that lies. */
export class CompanyProvider {
  #people: Record<string, Claims> = {};

  constructor(
    readonly tenant: Tenant,
    private readonly stage: SignOnStage,
    private readonly owner: HttpClient,
    readonly isLying: boolean,
  ) {}

  get domain(): string {
    return domainOf(this.tenant);
  }

  get issuer(): string {
    return this.isLying ? this.stage.lying.issuer : this.stage.provider.issuerOf(this.tenant.suffix);
  }

  /** Who works there, as the provider knows them. */
  async employ(who: string, claims: Claims): Promise<void> {
    this.#people = { ...this.#people, [who]: { email_verified: true, name: who, ...claims } };
    if (!this.isLying) await this.#open();
  }

  /** Connects the provider and proves the domain. */
  async connect(newPeople: 'members' | 'refused' = 'members'): Promise<void> {
    if (!this.isLying) await this.#open();
    const { issuer } = this;
    const { id: clientId, secret: clientSecret } = this.#client;
    await this.owner.require('put', '/v1/single-sign-on', { issuer, clientId, clientSecret, newPeople });
    const { record } = await this.claim(this.domain);
    this.stage.names.publish(record.name, record.value);
    await this.owner.require('put', `/v1/single-sign-on/domains/${this.domain}/proof`);
  }

  claim(domain: string): Promise<Domain> {
    return this.owner.require<Domain>('post', '/v1/single-sign-on/domains', { domain });
  }

  get #client(): { readonly id: string; readonly secret: string } {
    return { id: `client-${this.tenant.suffix}`, secret: `secret-${this.tenant.suffix}` };
  }

  async #open(): Promise<void> {
    const { redirectAddress, signOutAddress } = await this.owner.require<Settings>('get', '/v1/single-sign-on');
    const client = { ...this.#client, redirect: redirectAddress, logout: signOutAddress };
    await this.stage.provider.open({ name: this.tenant.suffix, client, people: this.#people });
  }
}

/** That of the people's e-mails. */
export function domainOf({ name, suffix }: Tenant): string {
  return `${name.toLowerCase()}-${suffix}.example`;
}

export function whoIs({ name }: Person): string {
  return name.toLowerCase();
}
