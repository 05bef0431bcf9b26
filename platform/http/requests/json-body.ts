import { isUtf8 } from 'node:buffer';
import type { FastifyRequest } from 'fastify';
import { PlatformError, repeatsName, shapeOfJson, type JsonShape } from '../../../ssot/kernel';
import type { App } from '../server/app';

/** No message of the platform nests deeper than 4. */
const MAX_DEPTH = 32;
/** A report of 1,000 uses has at most 37,000. */
const MAX_VALUES = 40_000;

/**
 * Parses JSON after bounding what that costs: half a second for 1 MiB of `[`, and a tenth for as many different keys, in
 * which nobody else is served. What would be read as something else than was sent is refused.
 */
export function parseJsonBodies(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    // Many clients name the type of a body that they do not send.
    if (body.length === 0 && takesNoBody(request)) return done(null);
    const shape = shapeOfJson(body);
    const problem = costOf(shape);
    if (problem !== undefined) {
      return done(refusal('json_too_complex', `The body ${problem}. Send less at once.`));
    }
    if (!isUtf8(body)) return done(refusal('invalid_json', 'The body is not JSON in UTF-8.'));
    const text = body.toString();
    void parse(request, text, (error, value) => {
      if (isJson(error, text)) return done(keyNotAllowed());
      if (error === null && repeatsName(shape, value)) return done(keyRepeated());
      done(error, value);
    });
  });
}

function takesNoBody({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.schema?.body === undefined;
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
  return refusal('key_not_allowed', message);
}

function keyRepeated(): PlatformError {
  return refusal('key_repeated', 'An object in the body has one key twice. Send each key once.');
}

function refusal(code: string, message: string): PlatformError {
  return new PlatformError({ code, message });
}

/** What makes a JSON text too costly to parse, if anything. */
function costOf({ depth, values }: JsonShape): string | undefined {
  if (depth > MAX_DEPTH) return `nests deeper than ${MAX_DEPTH} levels`;
  if (values > MAX_VALUES) return `holds more than ${MAX_VALUES} names and values`;
  return undefined;
}
