import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { distance } from 'fastest-levenshtein';
import { parse } from 'yaml';
import { z } from 'zod';
import { DataFileRefused, MONEY_FILE, readMoney } from '../../reports/ledger/revenue-streams';
import { featureFiles } from '../../reports/model/features/feature-files';

export const TAG_FILE = 'features/tags.yaml';

const tagFile = z.strictObject({
  /** Module and the prefix of its rule ids. */
  modules: z.record(z.string(), z.string().regex(/^[A-Z]{2}$/, 'a prefix is two capital letters')),
  /** Tag and its meaning. */
  layers: z.record(z.string(), z.string()),
  marks: z.record(z.string(), z.string()),
});

/** The words that features may use; closed lists, all of them data. */
export interface Vocabulary {
  readonly streams: readonly string[];
  /** Module and the prefix of its rule ids: `websocket-manager`, `WS`. */
  readonly modules: ReadonlyMap<string, string>;
  readonly layers: readonly string[];
  readonly marks: readonly string[];
  /** Ids of all rules of the repository, with their `@`; those that are being checked may be a few of them. */
  readonly ruleIds: readonly string[];
}

/** Throws `DataFileRefused`, of either file. */
export function readVocabulary(root = process.cwd()): Vocabulary {
  const result = tagFile.safeParse(parse(readFileSync(join(root, TAG_FILE), 'utf8')));
  if (!result.success) {
    throw new DataFileRefused(
      result.error.issues.map(({ path, message }) => `${TAG_FILE}  ${path.join('.')}: ${message}.`),
    );
  }
  const { modules, layers, marks } = result.data;
  return {
    streams: Object.keys(readMoney(root).streams),
    modules: new Map(Object.entries(modules)),
    layers: Object.keys(layers),
    marks: Object.keys(marks),
    ruleIds: ruleIdsIn(root),
  };
}

export const RULE_ID = /^@([A-Z]{2})-\d{2,}$/;

/** All tags but rule ids, with their `@`. */
export function plainTags({ streams, modules, layers, marks }: Vocabulary): string[] {
  return [...streams, ...modules.keys(), ...layers, ...marks].map((tag) => `@${tag}`);
}

/** Rule ids that the features of a repository carry, with their `@`. */
export function ruleIdsIn(root: string): string[] {
  const texts = featureFiles(root).map((path) => readFileSync(join(root, path), 'utf8'));
  // In Markdown a tag stands in backticks.
  return [...new Set(texts.flatMap((text) => text.match(/(?<=^|[\s`])@[A-Z]{2}-\d{2,}(?=[\s`]|$)/gm) ?? []))];
}

/** `Did you mean @enterprise?`, or all known words when none is near. */
export function nearest(word: string, known: readonly string[]): string {
  const [best] = known
    .map((one) => ({ one, far: distance(word.toLowerCase(), one.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  if (best && best.far <= Math.max(2, Math.floor(word.length / 3))) return `Did you mean ${best.one}?`;
  return known.length > 0 ? `Known are ${known.join(', ')}.` : `None is known yet; see ${MONEY_FILE}.`;
}
