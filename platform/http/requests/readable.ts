import type { IncomingMessage } from 'node:http';
import { PlatformError } from '../../../ssot/kernel';

/** The longest address that is served is a tenth of it. */
const MAX_TARGET_LENGTH = 4_096;

/** A name, an IPv4 address or an IPv6 address in brackets, and perhaps a port (RFC 3986, 3.2). */
const HOST = /^(?:[\w.~!$&'()*+,;=%-]+|\[[\da-f:.]+\])(?::\d{0,5})?$/i;

type Head = Pick<IncomingMessage, 'method' | 'url' | 'rawHeaders' | 'httpVersion' | 'headers'>;

const VERSIONS: readonly string[] = ['1.0', '1.1'];

/**
 * What is wrong with a request, whichever address it is for: `http_version_unsupported`, `invalid_host`,
 * `target_too_long`, `invalid_target` or `encoding_unsupported`. Node's own check of the host would answer without a body.
 */
export function unreadableBecause(head: Head): PlatformError | undefined {
  const { method, url = '', headers, httpVersion } = head;
  // Node's parser takes 0.9 and 2.0 for versions of the same protocol.
  if (!VERSIONS.includes(httpVersion)) {
    return new PlatformError({ code: 'http_version_unsupported', message: 'Speak HTTP/1.1.' });
  }
  if (!namesItsHost(head)) {
    const message = 'Name the host of this platform once, in the header "Host".';
    return new PlatformError({ code: 'invalid_host', message, field: 'Host' });
  }
  if (url.length > MAX_TARGET_LENGTH) {
    const message = `The address is longer than ${MAX_TARGET_LENGTH} characters.`;
    return new PlatformError({ code: 'target_too_long', message });
  }
  if (url === '*' && method !== 'OPTIONS') {
    const message = 'The address "*" stands for the server as a whole, and is for OPTIONS only.';
    return new PlatformError({ code: 'invalid_target', message });
  }
  if (!isDecodable(url)) {
    const message = 'The address holds a "%" that stands for no character: write "%25" for the sign itself.';
    return new PlatformError({ code: 'invalid_target', message });
  }
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (encoding !== '' && encoding !== 'identity') {
    const message = 'Compressed bodies are not taken: send it without "Content-Encoding".';
    return new PlatformError({ code: 'encoding_unsupported', message, field: 'Content-Encoding' });
  }
  return undefined;
}

/** Exactly once (RFC 9112, 3.2); HTTP/1.0 need not. */
function namesItsHost({ rawHeaders, httpVersion }: Head): boolean {
  const named = rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === 'host');
  if (named.length === 0) return httpVersion === '1.0';
  return named.length === 1 && HOST.test(named[0] ?? '');
}

function isDecodable(target: string): boolean {
  try {
    return typeof decodeURIComponent(target) === 'string';
  } catch {
    return false;
  }
}
