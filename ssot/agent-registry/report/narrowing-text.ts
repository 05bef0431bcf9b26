import type { UsageFilter } from '../steps/analysis';

/** ", only model large and feature chat", or nothing. */
export function narrowingInWords({ model, provider, feature, person, status }: UsageFilter['where']): string {
  const parts = [
    ...(model ?? []).map((name) => `model ${name}`),
    ...(provider ?? []).map((name) => `provider ${name}`),
    ...(feature ?? []).map((name) => `feature ${name}`),
    ...(status ?? []).map((one) => `${one} calls`),
    ...(person === undefined ? [] : ['your own calls']),
  ];
  return parts.length === 0 ? '' : `, only ${parts.join(' and ')}`;
}
