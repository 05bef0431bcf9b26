import { closest, distance } from 'fastest-levenshtein';

/** Refuses a word of a sentence that nobody knows, with all that somebody does and the nearest of them. */
export function known<T extends string>(what: string, word: string, all: readonly T[]): T {
  const found = all.find((one) => one === word);
  if (found !== undefined) return found;
  const nearest = closest(word, [...all]);
  const hint = distance(word, nearest) <= 3 ? ` Did you mean "${nearest}"?` : '';
  throw new Error(`There is no ${what} "${word}".${hint} Known: ${all.join(', ')}.`);
}

/** What a word of a sentence stands for; refuses one that stands for nothing. */
export function meaningOf<T>(what: string, word: string, meanings: Readonly<Record<string, T>>): T {
  return meanings[known(what, word, Object.keys(meanings))] as T;
}
