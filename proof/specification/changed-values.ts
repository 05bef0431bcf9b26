/** One value of a sentence, changed: a specification mutant. */
export interface ChangedText {
  /** The sentence with the new value in place. */
  readonly text: string;
  readonly from: string;
  readonly to: string;
}

const COUNTS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
/** Words that parameter types know; each is exchanged for its neighbour, which is known too. */
const KNOWN = [
  ['free', 'early', 'mid', 'enterprise'],
  ['phone', 'laptop', 'tablet'],
  ['Acme', 'Birch', 'Cedar', 'Dune'],
  ['Dana', 'Ravi', 'Ada', 'Leo', 'Mia', 'Noor'],
  ['triage', 'data', 'optimisation', 'action-planning', 'reporting'],
];
const UPPER_BOUND = /\b(?:within|at most|under|less than|fewer than|no more than|no later than|up to)\s+$/i;
const LOWER_BOUND = /\b(?:at least|more than|over)\s+$/i;
const NUMBER = /^\d[\d,]*(?:\.\d+)?$/;
/** Quoted text, free-standing numbers, and words with inner hyphens. */
const VALUE =
  /(?<=^|\s)'[^']*'(?=$|[\s,.:])|"[^"]*"|(?<![\w.])\d[\d,]*(?:\.\d+)?(?![\w.]*\w)|(?<!\w)[A-Za-z]+(?:-[A-Za-z]+)*(?!\w)/g;

/**
 * Every way in which one value of a Then step is changed. A number moves by one, except behind a bound ("within",
 * "at least"): there a neighbour would be true as well, so the bound moves out of reach.
 */
export function changedTexts(text: string): ChangedText[] {
  return [...text.matchAll(VALUE)].flatMap((match) => {
    const from = match[0];
    return replacements(from, text.slice(0, match.index)).map((to) => ({
      text: text.slice(0, match.index) + to + text.slice(match.index + from.length),
      from,
      to,
    }));
  });
}

/** A table cell or a whole doc string: one change is enough, because many cells make many mutants. */
export function changedContent(content: string): string {
  const [to] = /^["']/.test(content) ? [] : replacements(content, '');
  return to ?? `${content}x`;
}

function replacements(value: string, before: string): string[] {
  const [quote = ''] = value;
  if (quote === '"' || quote === "'") {
    const inner = value.slice(1, -1);
    const changed = NUMBER.test(inner) ? neighbours(inner) : [`${inner}x`];
    return changed.map((one) => `${quote}${one}${quote}`);
  }
  if (NUMBER.test(value)) {
    if (UPPER_BOUND.test(before)) return /^[0.]+$/.test(value) ? [] : ['0'];
    return LOWER_BOUND.test(before) ? [value.replace(/[\d,]+/, '999999999')] : neighbours(value);
  }
  const family = [COUNTS, ...KNOWN].find((words) => words.includes(value));
  if (family === undefined) return [];
  return [family[(family.indexOf(value) + 1) % family.length] as string];
}

/** `1,000` -> `1,001`, `999`; `12.50` -> `12.51`, `12.49`; never below zero. */
function neighbours(value: string): string[] {
  const decimals = value.split('.')[1]?.length ?? 0;
  const units = BigInt(value.replace(/[,.]/g, ''));
  return [units + 1n, units - 1n]
    .filter((one) => one >= 0n)
    .map((one) => {
      const digits = one.toString().padStart(decimals + 1, '0');
      const whole = digits.slice(0, digits.length - decimals);
      const grouped = value.includes(',') ? BigInt(whole).toLocaleString('en-US') : whole;
      return decimals === 0 ? grouped : `${grouped}.${digits.slice(-decimals)}`;
    });
}
