import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

/** Where the recorder leaves the outcomes of the last whole run of `npm run test:modules`, relative to the repository. */
export const MODULE_TESTS = 'reports/output/module-tests.json';

const moduleTest = z.strictObject({
  /** As it is written, with the rule's id in front. */
  title: z.string(),
  /** `ID-02`; null for a title that begins with no id. */
  rule: z.string().nullable(),
  /** `ssot/auth/networks.test.ts` */
  file: z.string(),
  state: z.enum(['passed', 'failed', 'skipped']),
  durationMs: z.number(),
  error: z.string().optional(),
});

const moduleTestRun = z.strictObject({
  schemaVersion: z.literal(1),
  startedAt: z.string(),
  finishedAt: z.string(),
  /** As in `RunModel`. */
  commit: z.string().nullable(),
  /** What failed around the tests: hooks, or a group that could not be set up. */
  troubles: z.array(z.string()),
  tests: z.array(moduleTest),
});

export type ModuleTest = z.infer<typeof moduleTest>;
export type ModuleTestRun = z.infer<typeof moduleTestRun>;

/** `ID-02` of `ID-02 ids keep their order`. */
export function ruleOfTitle(title: string): string | null {
  return /^([A-Z]{2}-\d{2,}) /.exec(title)?.[1] ?? null;
}

/** Null when no whole run has come to its end since the last one began. Throws, naming the file, when it holds something else. */
export function readModuleTests(root = process.cwd()): ModuleTestRun | null {
  const path = join(root, MODULE_TESTS);
  if (!existsSync(path)) return null;
  const result = moduleTestRun.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Error(
    `${MODULE_TESTS} is not a record of module tests (${issue?.path.join('.')}: ${issue?.message}). Run them again: npm run test:modules`,
  );
}

/** A run that is about to begin must not leave the last one's outcomes behind as its own. */
export function forgetModuleTests(root = process.cwd()): void {
  rmSync(join(root, MODULE_TESTS), { force: true });
}

/** In one step, so that nobody reads half a record. */
export function keepModuleTests(run: ModuleTestRun, root = process.cwd()): void {
  const path = join(root, MODULE_TESTS);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, `${JSON.stringify(run, null, 1)}\n`);
  renameSync(`${path}.new`, path);
}
