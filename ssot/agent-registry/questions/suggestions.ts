import type { QuestionReading } from './reading';

/** Questions that work, each of another kind. */
const EXAMPLES = [
  'How can we cut our AI spending?',
  'What did we spend last month, by model?',
  'Which features cost most this quarter, compared with last quarter?',
] as const;

/** Three questions that would be answered, told beside whatever could not be read; none where all was. */
export function suggestionsFor({ isInScope, notes, features, models }: QuestionReading): readonly string[] {
  if (isInScope && notes.length === 0) return [];
  const [feature] = features;
  const [model] = models;
  const own = [
    ...(feature === undefined ? [] : [`What did feature "${feature}" cost last month?`]),
    ...(model === undefined ? [] : [`What did model "${model}" cost last month, by feature?`]),
  ];
  return [...own, ...EXAMPLES].slice(0, EXAMPLES.length);
}
