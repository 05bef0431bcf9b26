const [QUOTE, BACKSLASH, COMMA, COLON] = Buffer.from('"\\,:');
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = Buffer.from('[]{}');

/** What a JSON text is made of. */
export interface JsonShape {
  /** How deep it nests. */
  readonly depth: number;
  /** Names of its objects, and everything that is named or listed; of what is no JSON, about as many. */
  readonly values: number;
  readonly names: number;
}

/** Looks at a JSON text without parsing it, which may cost much more. */
export function shapeOfJson(json: Buffer): JsonShape {
  let [depth, deepest, values, names] = [0, 0, 0, 0];
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === QUOTE) at = endOfString(json, at);
    else if (byte === OPEN_BRACKET || byte === OPEN_BRACE) {
      values += 1;
      deepest = Math.max(deepest, (depth += 1));
    } else if (byte === CLOSE_BRACKET || byte === CLOSE_BRACE) depth -= 1;
    else if (byte === COMMA || byte === COLON) {
      values += 1;
      if (byte === COLON) names += 1;
    }
  }
  return { depth: deepest, values, names };
}

/** Whether an object of a JSON text gives a name twice, of which `JSON.parse` keeps the last, and other readers the first. */
export function repeatsName({ names }: JsonShape, parsed: unknown): boolean {
  return namesIn(parsed) < names;
}

/** Without recursion: whoever sent the text chose how deep it nests. */
function namesIn(value: unknown): number {
  const left = [value];
  let names = 0;
  while (left.length > 0) {
    const one = left.pop();
    if (typeof one !== 'object' || one === null) continue;
    const inside: readonly unknown[] = Object.values(one);
    if (!Array.isArray(one)) names += inside.length;
    for (const other of inside) left.push(other);
  }
  return names;
}

/** Where the string that begins here ends: at the next quotation mark that is not escaped. */
function endOfString(json: Buffer, begin: number): number {
  let at = begin + 1;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return at;
}
