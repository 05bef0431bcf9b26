/** The page's side of `ssot/kernel/values/text.ts`: what is text, and how long it is. A module test holds the two together. */

/** Lengths are counted in Unicode code points, as the platform counts them. */
export const MAX_QUESTION = 8_000;
export const MAX_TITLE = 200;
const USUAL_TITLE = 80;

const VISIBLE = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Noncharacter_Code_Point}\u2800]/u;
const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** @param {string} text */
export const codePoints = (text) => Array.from(text).length;

/** @param {string} text Whether there is anything to see in it. */
export const isVisible = (text) => VISIBLE.test(text);

/**
 * Why a text cannot be asked, as the person is told; nothing when it can.
 *
 * @param {string} text
 */
export const problemOfQuestion = (text) => problemOf(text, 'question', MAX_QUESTION);

/** @param {string} text */
export const problemOfTitle = (text) => problemOf(text, 'title', MAX_TITLE);

/**
 * @param {string} text
 * @param {string} noun
 * @param {number} max
 */
function problemOf(text, noun, max) {
  if (!isVisible(text)) return `Write a ${noun} first.`;
  if (text.includes('\0') || !text.isWellFormed()) return `The ${noun} contains a character that cannot be sent.`;
  const length = codePoints(text);
  if (length <= max) return undefined;
  return `A ${noun} has at most ${max.toLocaleString('en')} characters; this one has ${length.toLocaleString('en')}.`;
}

/**
 * What a thread is called that was begun by asking: the first line of the question, cut between words where it is long.
 *
 * @param {string} question
 */
export function titleOf(question) {
  const line = question.split(/[\n\r]+/).find(isVisible) ?? question;
  const text = line.replace(/\s+/gu, ' ').trim();
  if (codePoints(text) <= USUAL_TITLE) return text;
  let kept = '';
  for (const { segment } of GRAPHEMES.segment(text)) {
    if (codePoints(kept) + codePoints(segment) >= USUAL_TITLE) break;
    kept += segment;
  }
  const atWord = kept.replace(/\s+\S*$/u, '');
  return `${atWord.length >= kept.length / 2 ? atWord : kept}…`;
}

/**
 * Whether a key is to send what is written. An input method's Enter ends a word: browsers mark it `isComposing`, and
 * Safari, which ends the composition before it tells of the key, by the key code 229.
 *
 * @param {{ key: string, shiftKey: boolean, isComposing: boolean, keyCode: number }} key
 */
export const sends = ({ key, shiftKey, isComposing, keyCode }) =>
  key === 'Enter' && !shiftKey && !isComposing && keyCode !== 229;
