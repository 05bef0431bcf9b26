import { checkMoney } from './check-money';
import { checkRules } from './check-rules';
import { checkScenarios } from './check-scenarios';
import { checkTags } from './check-tags';
import { checkValue } from './check-value';
import type { FeatureText, Problem } from './feature-text';
import type { Vocabulary } from './vocabulary';

/** Everything that is wrong with the way these features are written, in the order of the files. */
export function lintFeatures(features: readonly FeatureText[], vocabulary: Vocabulary): Problem[] {
  return [
    ...features.flatMap((feature) => [
      ...checkValue(feature, vocabulary),
      ...checkTags(feature, vocabulary),
      ...checkMoney(feature),
      ...checkScenarios(feature),
    ]),
    ...checkRules(features, vocabulary),
  ].sort((a, b) => (a.uri === b.uri ? a.line - b.line : a.uri < b.uri ? -1 : 1));
}

/** `features/chat/x.feature:12  What is wrong. The way out.` */
export const sentenceOf = ({ uri, line, message, hint }: Problem): string =>
  `${uri}:${line}  ${hint ? 'Hint: ' : ''}${message}`;
