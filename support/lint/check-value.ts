import { BUSINESS_VALUE_LABELS, takeApart } from '../../reports/model/features/business-value';
import { MONEY_FILE } from '../../reports/ledger/revenue-streams';
import type { FeatureText, Problem } from './feature-text';
import { nearest, type Vocabulary } from './vocabulary';

const EXAMPLE = `Write "Business value:" below the prose, with the lines ${BUSINESS_VALUE_LABELS.map((label) => `${label}:`).join(', ')}`;

/** Every feature says in closed form whom it serves, why, and which money hangs on it. */
export function checkValue(feature: FeatureText, { streams }: Vocabulary): Problem[] {
  const { uri, document } = feature;
  if (!document.feature) return [];
  const { name, description, location } = document.feature;
  const { prose, block } = takeApart(description);
  const first = descriptionLine(feature);
  const at = (line: number, message: string): Problem => ({ uri, line, message });
  if (!block) return [at(location.line, `"${name}" does not say what it is worth. ${EXAMPLE}.`)];
  const problems: Problem[] = [];
  if (prose === '')
    problems.push(
      at(location.line, `"${name}" does not say in words why it earns or protects money. Start with that.`),
    );
  const labels: readonly string[] = BUSINESS_VALUE_LABELS;
  for (const { label, value, line } of block.entries) {
    if (!labels.includes(label))
      problems.push(at(first + line, `"${label}:" is not part of a business value. ${nearest(label, labels)}`));
    else if (value === '')
      problems.push(at(first + line, `"${label}:" is empty. Say it, or nobody can weigh this feature.`));
  }
  for (const label of BUSINESS_VALUE_LABELS) {
    const found = block.entries.filter((entry) => entry.label === label);
    if (found.length === 0)
      problems.push(at(first + block.line, `The business value has no line "${label}:". Add it.`));
    if (found.length > 1) problems.push(at(first + (found[1]?.line ?? 0), `"${label}:" stands here twice. Keep one.`));
  }
  const revenue = block.entries.find((entry) => entry.label === 'Revenue');
  if (revenue && revenue.value !== '')
    problems.push(...checkRevenue(revenue.value, first + revenue.line, uri, streams));
  return problems;
}

function checkRevenue(value: string, line: number, uri: string, streams: readonly string[]): Problem[] {
  if (!streams.includes(value)) {
    return [{ uri, line, message: `"${value}" is not a revenue stream in ${MONEY_FILE}. ${nearest(value, streams)}` }];
  }
  const folder = uri.split('/')[1];
  if (folder === value) return [];
  return [
    { uri, line, message: `The revenue is "${value}", but the feature lies in features/${folder}/. Make them agree.` },
  ];
}

/** The line on which the description begins. */
export function descriptionLine({ document, text }: FeatureText): number {
  const { description = '', location } = document.feature ?? {};
  const start = location?.line ?? 1;
  const wanted = description.split('\n')[0]?.trim();
  const found = text.split('\n').findIndex((line, index) => index >= start && line.trim() === wanted);
  return found < 0 ? start + 1 : found + 1;
}
