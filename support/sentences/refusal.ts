import { nearestTo } from './nearest';
import { fits, unknownWordIn, type Sentence, type Sentences } from './sentence';

/** Where all sentences are listed. */
export const LISTED = 'All of them: npm run sentences.';
const MOST = 2;

/** Why nobody knows what a step says, and the way out; nothing when a sentence fits. */
export function refusalOf(said: string, { all, parameterTypes }: Sentences): string | undefined {
  if (all.some((sentence) => fits(sentence, said))) return undefined;
  const near = nearestTo(said, all, all.length);
  for (const sentence of near) {
    const unknown = unknownWordIn(said, sentence, parameterTypes);
    if (unknown === undefined) continue;
    const { word, type, known } = unknown;
    const list = known.length > 0 ? ` Known: ${known.map((one) => `"${one}"`).join(', ')}.` : '';
    return `"${said}": "${word}" is no {${type}} in ${named(sentence)}.${list}`;
  }
  const nearest = near.slice(0, MOST).map(named).join(' or ');
  return `No sentence reads "${said}". ${nearest === '' ? 'Nothing comes near to it' : `The nearest: ${nearest}`}. ${LISTED}`;
}

const named = ({ text, place }: Sentence): string => `"${text}" (${place})`;
