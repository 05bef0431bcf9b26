import type { IncomingMessage } from 'node:http';
import { ChatError } from '../errors';

export interface OriginRules {
  /** Pages that may connect, as `https://host`; empty: those of the own host. */
  readonly allowedOrigins: readonly string[];
  /** Whether what this address says in `X-Forwarded-Host` and `X-Forwarded-Proto` is believed. */
  readonly isTrustedProxy: (address: string) => boolean;
}

/**
 * Throws `origin_not_allowed` for a page that may not connect. Programs send no origin; pages always do. Origins are compared
 * as the URL standard reads them: letter case and the default port make no difference.
 */
export function assertOriginAllowed(request: IncomingMessage, { allowedOrigins, isTrustedProxy }: OriginRules): void {
  const { origin } = request.headers;
  if (origin === undefined) return;
  const page = originOf(origin);
  const allowed =
    allowedOrigins.length > 0
      ? allowedOrigins.map((one) => originOf(one))
      : [ownOrigin(request, page, isTrustedProxy(request.socket.remoteAddress ?? ''))];
  if (page !== undefined && allowed.includes(page)) return;
  throw new ChatError('origin_not_allowed', 'Pages from this origin may not connect.');
}

/**
 * Where the request was sent to, as its sender sees it. TLS ends before this process: unless a trusted proxy says otherwise,
 * the scheme is the page's.
 */
function ownOrigin({ headers }: IncomingMessage, page: string | undefined, isForwarded: boolean): string | undefined {
  const forwarded = (name: string): string | undefined => (isForwarded ? lastOf(headers[name]) : undefined);
  const scheme = forwarded('x-forwarded-proto') ?? page?.split(':', 1)[0];
  const host = forwarded('x-forwarded-host') ?? headers.host;
  return originOf(`${scheme}://${host}`);
}

/** What the nearest proxy has added; what stands before it was sent by whoever came to it. */
function lastOf(values: string | readonly string[] | undefined): string | undefined {
  const last = [values ?? []].flat().join(',').split(',').at(-1)?.trim();
  return last === '' ? undefined : last;
}

function originOf(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { origin, protocol } = new URL(text);
  return protocol === 'http:' || protocol === 'https:' ? origin : undefined;
}
