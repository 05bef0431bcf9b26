import { PlatformError } from '../../../ssot/kernel';
import type { App } from '../server/app';

/** No message of the platform nests deeper than 4. */
const MAX_DEPTH = 32;
/** A report of 1,000 uses has at most 37,000. */
const MAX_VALUES = 40_000;

const [QUOTE, BACKSLASH, COMMA, COLON] = Buffer.from('"\\,:');
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = Buffer.from('[]{}');

/**
 * Parses JSON after bounding what that costs: half a second for 1 MiB of `[`, and a tenth for as many different keys, in
 * which nobody else is served.
 */
export function parseJsonBodies(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    const problem = costOf(body);
    if (problem !== undefined) {
      return done(new PlatformError({ code: 'json_too_complex', message: `The body ${problem}. Send less at once.` }));
    }
    const text = body.toString();
    void parse(request, text, (error, value) => done(isJson(error, text) ? keyNotAllowed() : error, value));
  });
}

/** Of what could not be parsed: whether its names were the matter, which Fastify tells by the same code. */
function isJson(error: Error | null, text: string): boolean {
  if (error === null || text === '') return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function keyNotAllowed(): PlatformError {
  const message = 'The body has a key "__proto__", or a key "constructor" with a "prototype". Leave it out.';
  return new PlatformError({ code: 'key_not_allowed', message });
}

/** What makes a JSON text too costly to parse, if anything. */
function costOf(json: Buffer): string | undefined {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === QUOTE) at = endOfString(json, at);
    else if (byte === OPEN_BRACKET || byte === OPEN_BRACE) {
      depth += 1;
      values += 1;
    } else if (byte === CLOSE_BRACKET || byte === CLOSE_BRACE) depth -= 1;
    else if (byte === COMMA || byte === COLON) values += 1;
    if (depth > MAX_DEPTH) return `nests deeper than ${MAX_DEPTH} levels`;
    if (values > MAX_VALUES) return `holds more than ${MAX_VALUES} names and values`;
  }
  return undefined;
}

/** Where the string that begins here ends: at the next quotation mark that is not escaped. */
function endOfString(json: Buffer, begin: number): number {
  let at = begin + 1;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return at;
}
