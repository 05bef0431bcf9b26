import { isIPv6, type LookupFunction } from 'node:net';
import type { Agent } from 'undici';
import { AuthError } from '../../errors';
import type { DnsResolver } from '../dns';
import { assertProviderAddress, isPublicAddress, issuerRefused, type InternalIssuers } from './provider-address';

const CALL_LIMIT_MS = 5_000;
/** Key sets and discovery documents are a few kilobytes. */
const MAX_ANSWER_BYTES = 256 * 1024;
const MAX_CONNECTIONS = 8;
const KEPT_HEADERS = ['content-type', 'www-authenticate'] as const;

export interface ProviderRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * Speaks to identity providers, whose addresses companies choose: every address is judged before it is asked, and the one
 * that a name stands for when it is connected to. No redirect is followed, an answer is small and comes within five seconds.
 */
export class ProviderFetch {
  #agents: Promise<Agents> | undefined;

  constructor(
    private readonly internal: InternalIssuers,
    private readonly dns: DnsResolver,
  ) {}

  /** Throws `issuer_refused`, or `provider_unavailable` for no answer in time, one that is too long, and a server's error. */
  async fetch(address: string, request: ProviderRequest): Promise<Response> {
    const url = assertProviderAddress(address, this.internal);
    const signal = AbortSignal.timeout(CALL_LIMIT_MS);
    try {
      const agents = await (this.#agents ??= openAgents(this.dns));
      const dispatcher = this.internal.serves(url) ? agents.internal : agents.public;
      const answer = await agents.fetch(url, { ...request, redirect: 'manual', dispatcher, signal });
      if (answer.status >= 500) throw providerUnavailable(`it answered ${answer.status}`);
      const text = await textOf(answer.body);
      const headers = KEPT_HEADERS.flatMap((name): [string, string][] => {
        const value = answer.headers.get(name);
        return value === null ? [] : [[name, value]];
      });
      return new Response(text === '' ? null : text, { status: answer.status, headers });
    } catch (error) {
      throw error instanceof AuthError ? error : refusalOf(error);
    }
  }

  async close(): Promise<void> {
    const agents = await this.#agents;
    await Promise.all([agents?.internal.destroy(), agents?.public.destroy()]);
  }
}

interface Agents extends Pick<typeof import('undici'), 'fetch'> {
  /** For addresses of the deployment's own. */
  readonly internal: Agent;
  readonly public: Agent;
}

/** When the first provider is asked, because loading this is a tenth of an instance's start. */
async function openAgents(dns: DnsResolver): Promise<Agents> {
  const { Agent, fetch } = await import('undici');
  const limits = {
    connections: MAX_CONNECTIONS,
    headersTimeout: CALL_LIMIT_MS,
    bodyTimeout: CALL_LIMIT_MS,
    maxResponseSize: MAX_ANSWER_BYTES,
  };
  return {
    fetch,
    internal: new Agent({ ...limits, connect: { timeout: CALL_LIMIT_MS } }),
    public: new Agent({ ...limits, connect: { timeout: CALL_LIMIT_MS, lookup: publicOnly(dns) } }),
  };
}

/** Counted here as well: what the agent bounds may be compressed, and unpacks to a thousand times as much. */
async function textOf(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  const parts: Uint8Array[] = [];
  let left = MAX_ANSWER_BYTES;
  for await (const part of body ?? []) {
    left -= part.byteLength;
    if (left < 0) throw providerUnavailable('its answer is too long');
    parts.push(part);
  }
  return new TextDecoder().decode(Buffer.concat(parts));
}

/** Answers with public addresses only; a name with a single other one is refused as a whole. */
function publicOnly(dns: DnsResolver): LookupFunction {
  return (hostname, options, done) => {
    dns.addresses(hostname).then(
      (found) => {
        if (!found.every(isPublicAddress)) return done(new NotPublic(hostname), []);
        const addresses = found.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
        const [first] = addresses;
        if (first === undefined) return done(new Error(`${hostname} has no address`), []);
        return options.all === true ? done(null, addresses) : done(null, first.address, first.family);
      },
      (error: Error) => done(error, []),
    );
  };
}

class NotPublic extends Error {}

function refusalOf(error: unknown): AuthError {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof NotPublic) return issuerRefused('is not on the public internet', error);
  }
  return providerUnavailable('it does not answer', error);
}

export function providerUnavailable(why: string, cause?: unknown): AuthError {
  const message = `Your company’s provider cannot be asked right now: ${why}. Try again in a moment.`;
  return new AuthError('provider_unavailable', message, { retryAfterMs: 5_000, cause });
}

export function providerRefused(cause?: unknown): AuthError {
  const message = 'Your company’s provider did not let you in here. Ask an administrator of your company.';
  return new AuthError('provider_refused', message, { cause });
}
