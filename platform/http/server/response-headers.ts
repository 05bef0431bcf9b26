import { PRIVATE_HEADERS } from '../../../ssot/kernel';

/** What every answer carries unless its route says otherwise. */
export type ResponseHeaders = Readonly<Record<string, string>>;

/**
 * The headers of every answer: also of those that never reach the framework, because their request cannot be read. Own code
 * rather than @fastify/helmet: see docs/decisions/response-headers.md. `hstsMaxAgeSeconds`: 0 sends no
 * `Strict-Transport-Security`.
 */
export function responseHeaders({ hstsMaxAgeSeconds }: { readonly hstsMaxAgeSeconds: number }): ResponseHeaders {
  return {
    ...PRIVATE_HEADERS,
    // An answer that a browser shows as a document loads nothing and stands in nobody's frame; the page has its own policy.
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    ...(hstsMaxAgeSeconds > 0 && { 'strict-transport-security': `max-age=${hstsMaxAgeSeconds}` }),
  };
}
