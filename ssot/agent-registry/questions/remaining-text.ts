/**
 * A text of which parts are taken away as they are understood. What is taken leaves a gap, so that the words around it never
 * become neighbours, and positions stay those of the whole text.
 */
export class RemainingText {
  #left: string;

  constructor(text: string) {
    this.#left = text;
  }

  /** The first match, which is gone afterwards. */
  take(pattern: RegExp): RegExpExecArray | undefined {
    const found = pattern.exec(this.#left);
    if (found === null) return undefined;
    this.blank(found.index, found[0].length);
    return found;
  }

  /** Takes what stands at a position. */
  blank(at: number, length = 1): void {
    this.#left = `${this.#left.slice(0, at)}${GAP.repeat(length)}${this.#left.slice(at + length)}`;
  }

  takeAll(pattern: RegExp): readonly RegExpExecArray[] {
    const all: RegExpExecArray[] = [];
    for (let found = this.take(pattern); found !== undefined; found = this.take(pattern)) all.push(found);
    return all;
  }

  /** The first match, which stays. */
  find(pattern: RegExp): RegExpExecArray | undefined {
    return pattern.exec(this.#left) ?? undefined;
  }

  copy(): RemainingText {
    return new RemainingText(this.#left);
  }

  get text(): string {
    return this.#left;
  }

  /** Runs of what is left, in order. */
  pieces(): readonly string[] {
    return this.#left.split(GAP);
  }
}

/** The source of a pattern as one that matches no part of a longer word. */
export function wholeWords(source: string): RegExp {
  return new RegExp(`(?<![\\w-])(?:${source})(?![\\w-])`);
}

/** Of the private use area: no customer writes it, and no pattern matches it. */
export const GAP = '\ue000';

/** As questions are read: in small letters and digits from 0 to 9; positions stay those of what was written, whatever its script. */
export function inSmallLetters(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()).replace(/\p{Nd}/gu, plainDigit);
}

/** The digits of a script stand in a row, zero first, with nothing of their kind before them. One of two code units stays as it is. */
function plainDigit(digit: string): string {
  if (digit.length > 1) return digit;
  let value = 0;
  while (/\p{Nd}/u.test(String.fromCharCode(digit.charCodeAt(0) - value - 1))) value += 1;
  return `${value}`;
}
