import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

/** One piece of text to be put in place of another, which stands in the file exactly once, however its lines are broken. */
export interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A misunderstanding that a good engineer could commit. */
export interface Defect {
  /** `id-manager/order-lost-after-rollback` */
  readonly id: string;
  readonly module: string;
  /** What was misunderstood. */
  readonly sentence: string;
  readonly customerSees: string;
  /** Ids of the rules that it breaks, as far as they are known: their checks are asked first, and each of them. */
  readonly breaks?: readonly string[];
  readonly edits: readonly Edit[];
}

const sentence = z.string().regex(/\.$/, 'must be a sentence that ends with a full stop');
const ENTRY = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case words joined by hyphens'),
  sentence,
  'customer-sees': sentence,
  breaks: z.array(z.string().regex(/^[A-Z]{2}-\d{2}$/, 'must be the id of a rule')).default([]),
  edits: z
    .array(
      z.strictObject({
        file: z.string().regex(/^(ssot|platform)\/.+\.ts$/),
        find: z.string().min(1),
        replace: z.string(),
      }),
    )
    .min(1),
});

export function cataloguePath(module: string): string {
  return `proof/defects/${module}.yaml`;
}

/** The realistic defects of a module; none where there is no file. Throws an Error that names entry and field. */
export function readCatalogue(module: string, root = process.cwd()): Defect[] {
  const path = cataloguePath(module);
  if (!existsSync(join(root, path))) return [];
  return parseCatalogue(readFileSync(join(root, path), 'utf8'), module);
}

export function parseCatalogue(text: string, module: string): Defect[] {
  const path = cataloguePath(module);
  const entries = readYaml(text, path);
  if (!Array.isArray(entries)) throw new Error(`${path}: it is no list of defects.`);
  const defects = entries.map((entry: unknown, index) => {
    const parsed = ENTRY.safeParse(entry);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new Error(
        `${path}: entry ${index + 1}, ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not readable'}.`,
      );
    }
    const { id, sentence: what, 'customer-sees': customerSees, ...rest } = parsed.data;
    return { id: `${module}/${id}`, module, sentence: what, customerSees, ...rest };
  });
  const twice = defects.find(({ id }, index) => defects.findIndex((other) => other.id === id) < index);
  if (twice !== undefined) throw new Error(`${path}: "${twice.id}" stands there twice.`);
  return defects;
}

function readYaml(text: string, path: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message.split('\n', 1)[0]}`, { cause: error });
  }
}

/** A defect whose edits do not fit the code: in one sentence which, where and why. */
export class DoesNotApply extends Error {}

/** A defect put into the code. */
export interface AppliedDefect {
  readonly defect: Defect;
  /** The whole text of each changed file. */
  readonly files: ReadonlyMap<string, string>;
  /** Where in the files as they are written its edits begin and end. */
  readonly places: readonly { readonly file: string; readonly start: number; readonly end: number }[];
}

/** @throws DoesNotApply when the text of an edit stands in its file not at all, or more than once */
export function applied(defect: Defect, read: (file: string) => string | undefined): AppliedDefect {
  const files = new Map<string, string>();
  const places: AppliedDefect['places'][number][] = [];
  for (const { file, find, replace } of defect.edits) {
    const written = read(file);
    if (written === undefined) {
      throw new DoesNotApply(`${defect.id}: there is no ${file}; the code has moved, so move the edit along.`);
    }
    const { start, end } = theOnly(find, written, `${defect.id}: ${file}`);
    places.push({ file, start, end });
    const text = files.get(file) ?? written;
    const now = text === written ? { start, end } : theOnly(find, text, `${defect.id}: ${file} after the edits before`);
    files.set(file, text.slice(0, now.start) + replace + text.slice(now.end));
  }
  return { defect, files, places };
}

function theOnly(find: string, text: string, where: string): { readonly start: number; readonly end: number } {
  const words = find.trim().split(/\s+/);
  const wanted = new RegExp(words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('\\s+'), 'g');
  const [first, ...more] = text.matchAll(wanted);
  if (first === undefined)
    throw new DoesNotApply(`${where}: the text to be replaced does not stand there: "${words.slice(0, 8).join(' ')}"`);
  if (more.length > 0)
    throw new DoesNotApply(
      `${where}: the text to be replaced stands there ${more.length + 1} times: "${words.slice(0, 8).join(' ')}"`,
    );
  return { start: first.index, end: first.index + first[0].length };
}
