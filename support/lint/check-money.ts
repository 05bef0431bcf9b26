import { takeApart } from '../../reports/model/features/business-value';
import { MONEY_FILE } from '../../reports/ledger/revenue-streams';
import { descriptionLine } from './check-value';
import { rulesOf, type FeatureText, type Problem } from './feature-text';

const CURRENCY = String.raw`(?:USD|EUR|GBP|US\$|[$€£])`;
const NUMBER = String.raw`\d[\d.,' ]*(?:\s?(?:k|m|bn|thousand|million|billion)\b)?`;
const AMOUNT = new RegExp(
  String.raw`${CURRENCY}\s?${NUMBER}|${NUMBER}\s?${CURRENCY}|${NUMBER}\s?(?:dollars|euros)\b`,
  'i',
);
const SHARE = /\d[\d.,]*\s?(?:%|percent\b)/i;
const REVENUE = /\b(?:ARR|MRR)\b/;

/**
 * A figure that states revenue stands in the money file, with its source, and nowhere else. Spend and prices inside
 * steps and examples are behaviour: `45.00 USD` may stand there.
 */
export function checkMoney(feature: FeatureText): Problem[] {
  const { uri, text, document } = feature;
  if (!document.feature) return [];
  const problem = (line: number, found: string): Problem => ({
    uri,
    line,
    message: `"${found.trim()}" is a figure about money. It belongs to ${MONEY_FILE}, with its source and date; name the stream here.`,
  });
  const { description } = document.feature;
  const first = descriptionLine(feature);
  const blockAt = takeApart(description).block?.line ?? Infinity;
  const inDescription = description.split('\n').flatMap((line, index) => {
    const found = AMOUNT.exec(line) ?? REVENUE.exec(line) ?? (index > blockAt ? SHARE.exec(line) : null);
    return found ? [problem(first + index, found[0])] : [];
  });
  const told = [
    ...rulesOf(feature).map((rule) => ({ line: rule.location.line + 1, text: rule.description })),
    ...document.comments.map(({ location, text: comment }) => ({ line: location.line, text: comment })),
  ].flatMap(({ line, text: words }) => {
    const found = AMOUNT.exec(words);
    return found ? [problem(line, found[0])] : [];
  });
  const already = new Set([...inDescription, ...told].map(({ line }) => line));
  const anywhere = text.split('\n').flatMap((line, index) => {
    const found = REVENUE.exec(line);
    return found && !already.has(index + 1) ? [problem(index + 1, found[0])] : [];
  });
  return [...inDescription, ...told, ...anywhere];
}
