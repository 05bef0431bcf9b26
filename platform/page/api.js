/** A request that was not met: `code` for programs, `message` a plain sentence for people. */
export class Refusal extends Error {
  constructor(code, message, status = 0) {
    super(message);
    this.code = code;
    /** Whether the same request may succeed later. */
    this.isPassing = status === 0 || status === 429 || status >= 500;
  }
}

/** Calls the platform; resolves with the answer's `body` and the server's own time (`saidAt`, epoch milliseconds). */
export async function call(method, path, { body, token } = {}) {
  const headers = {};
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  let response;
  let answer;
  try {
    response = await fetch(path, { method, headers, body: JSON.stringify(body), cache: 'no-store' });
    answer = response.status === 204 ? {} : await response.json();
  } catch {
    throw new Refusal('unreachable', 'The server cannot be reached right now. Check your connection and try again.');
  }
  if (!response.ok) throw new Refusal(answer.code, answer.detail, response.status);
  return { body: answer, saidAt: Date.parse(response.headers.get('date')) };
}
