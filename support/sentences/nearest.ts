import { distance } from 'fastest-levenshtein';
import type { Sentence } from './sentence';

/** What differs in more than this share of its words is another sentence. */
const TOO_FAR = 0.4;
/** A word that a parameter takes in beyond its first: it may be what was meant, or too much. */
const SWALLOWED = 0.3;

/** The sentences that come nearest to what was said, the nearest first, at most so many. */
export function nearestTo(said: string, sentences: readonly Sentence[], most: number): Sentence[] {
  const words = wordsOf(said);
  return sentences
    .map((sentence) => ({ sentence, far: distanceTo(words, wordsOf(sentence.text)) }))
    .filter(({ far }) => far <= TOO_FAR * words.length)
    .sort((a, b) => a.far - b.far)
    .slice(0, most)
    .map(({ sentence }) => sentence);
}

/** What stands in quotes is one word, because a parameter takes it in whole. */
const wordsOf = (text: string): string[] => text.replace(/"[^"]*"|'[^']*'/g, '"…"').split(/\s+/);

/** How many words must be changed, left out or put in; a parameter takes in one word or more. */
function distanceTo(words: readonly string[], pattern: readonly string[]): number {
  let row = pattern.reduce<number[]>((far) => [...far, (far.at(-1) ?? 0) + 1], [0]);
  for (const word of words) {
    const next = [(row[0] ?? 0) + 1];
    for (const [at, token] of pattern.entries()) {
      const [changed, added, left] = [row[at] ?? 0, row[at + 1] ?? 0, next[at] ?? 0];
      const extra = isParameter(token) ? SWALLOWED : 1;
      next.push(Math.min(changed + difference(word, token), added + extra, left + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

const isParameter = (token: string): boolean => token.includes('{') || token === '"…"';

function difference(word: string, token: string): number {
  if (isParameter(token)) return 0;
  // `tab(s)`, `is/are`
  const spellings = token.split('/').flatMap((one) => [one.replace(/\([^)]*\)/g, ''), one.replace(/[()]/g, '')]);
  return Math.min(1, ...spellings.map((one) => (2 * distance(word, one)) / Math.max(word.length, one.length, 1)));
}
