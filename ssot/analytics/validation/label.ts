import { z } from 'zod';
import { isVisible } from '../../kernel';

const MAX_CHARACTERS = 128;

/** A name that a customer gave something, kept letter for letter; counted in Unicode code points. */
export const label = z
  .string()
  .check((found) => {
    const problem = problemOf(found.value);
    if (problem !== undefined) found.issues.push({ code: 'custom', message: problem, input: found.value });
  })
  .meta({ minLength: 1, maxLength: MAX_CHARACTERS });

function problemOf(text: string): string | undefined {
  // What is longer in code units than twice the limit is too long in any count, and need not be counted.
  if (text.length > 2 * MAX_CHARACTERS || [...text].length > MAX_CHARACTERS) {
    return `is longer than ${MAX_CHARACTERS} characters`;
  }
  if (text.includes('\0')) return 'contains a NUL character';
  if (!text.isWellFormed()) return 'contains half a character';
  return isVisible(text) ? undefined : 'is empty';
}
