/** A request that was not met: `code` for programs, `message` a plain sentence for people. */
export class Refusal extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {number} [status] HTTP status; 0 when no answer came
   */
  constructor(code, message, status = 0) {
    super(message);
    this.code = code;
    this.status = status;
    /** Whether the same request may succeed later. */
    this.isPassing = status === 0 || status === 429 || status >= 500;
  }
}

/** @typedef {{ body?: unknown, token?: string, key?: string }} CallOptions `key`: the request's `Idempotency-Key` */

/**
 * Calls the platform; resolves with the answer's `body` and the server's own time (`saidAt`, epoch milliseconds).
 *
 * @param {string} method
 * @param {string} path
 * @param {CallOptions} [options]
 * @returns {Promise<{ body: any, saidAt: number }>}
 */
export async function call(method, path, { body, token, key } = {}) {
  /** @type {Record<string, string>} */
  const headers = {};
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
  if (key !== undefined) headers['idempotency-key'] = key;
  let response;
  let answer;
  try {
    const text = body === undefined ? null : JSON.stringify(body);
    response = await fetch(path, { method, headers, body: text, cache: 'no-store' });
    answer = response.status === 204 ? {} : await response.json();
  } catch {
    throw new Refusal('unreachable', 'The server cannot be reached right now. Check your connection and try again.');
  }
  if (!response.ok) throw new Refusal(answer.code, answer.detail, response.status);
  return { body: answer, saidAt: Date.parse(response.headers.get('date') ?? '') };
}
