import type { BusinessValue } from '../run-model';

export const BUSINESS_VALUE_LABELS = ['Segment', 'Goal', 'Impact', 'Revenue'] as const;

/** A feature's description, taken apart. Line numbers count from 0 within the description. */
export interface FeatureDescription {
  /** What stands above the block, without its indentation. */
  readonly prose: string;
  readonly block: { readonly line: number; readonly entries: readonly BlockEntry[] } | null;
}

interface BlockEntry {
  readonly label: string;
  readonly value: string;
  readonly line: number;
}

/** Takes prose and `Business value:` block apart, whatever the block holds; `lint:features` judges it. */
export function takeApart(description: string): FeatureDescription {
  const lines = description.split('\n').map((line) => line.trim());
  const start = lines.findIndex((line) => /^business value\s*:/i.test(line));
  const prose = (start < 0 ? lines : lines.slice(0, start)).join('\n').trim();
  if (start < 0) return { prose, block: null };
  const entries: BlockEntry[] = [];
  for (const [offset, line] of lines.slice(start + 1).entries()) {
    const [, label, value] = /^([\p{L} -]+?)\s*:\s*(.*)$/u.exec(line) ?? [];
    const last = entries.at(-1);
    if (label !== undefined && value !== undefined) entries.push({ label, value, line: start + 1 + offset });
    else if (line !== '' && last) entries[entries.length - 1] = { ...last, value: `${last.value} ${line}` };
  }
  return { prose, block: { line: start, entries } };
}

/** Null when the block is missing or one of its four lines is. */
export function businessValueOf({ block }: FeatureDescription): BusinessValue | null {
  const value = (label: (typeof BUSINESS_VALUE_LABELS)[number]): string | undefined =>
    block?.entries.find((entry) => entry.label === label)?.value;
  const [segment, goal, impact, revenue] = BUSINESS_VALUE_LABELS.map(value);
  if (!segment || !goal || !impact || !revenue) return null;
  return { segment: segment.split(',').map((one) => one.trim()), goal, impact, revenue };
}
