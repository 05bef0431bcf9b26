import type { UsageFilter } from '../../steps/analysis';

/** "only model large and feature chat", or nothing. `people`: the names of those of `person` who are not the asker. */
export function narrowingInWords(
  { model, provider, feature, person = [], status }: UsageFilter['where'],
  people: readonly string[],
): string {
  const parts = [
    ...(model ?? []).map((name) => `model ${name}`),
    ...(provider ?? []).map((name) => `provider ${name}`),
    ...(feature ?? []).map((name) => `feature ${name}`),
    ...(status ?? []).map((one) => `${one} calls`),
    ...(person.length > people.length ? ['your own calls'] : []),
    ...(people.length > 0 ? [`calls of ${people.join(' and ')}`] : []),
  ];
  return parts.length === 0 ? '' : `only ${parts.join(' and ')}`;
}
