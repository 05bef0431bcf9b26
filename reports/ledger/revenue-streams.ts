import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';

export const MONEY_FILE = 'features/revenue-streams.yaml';

const key = z.string().regex(/^[a-z][a-z0-9-]*$/, 'use small letters, digits and hyphens');
const known = <T extends z.ZodType>(value: T) =>
  z.union([value, z.literal('unknown')], 'give a whole number, or the word unknown');
const date = z
  .union([z.string(), z.date()])
  .pipe(
    z.preprocess(
      (value) => (value instanceof Date ? value.toISOString().slice(0, 10) : value),
      z.iso.date('give the day as 2025-09-10'),
    ),
  );

const figure = z.strictObject({
  title: z.string().min(1),
  /** arr: a year's revenue. mrr_per_tenant: a month's revenue of one tenant. exposure: what one event would cost. */
  measure: z.enum(['arr', 'mrr_per_tenant', 'exposure']),
  /** Whole units of the currency. */
  amount: known(z.int().nonnegative()),
  currency: z.string().regex(/^[A-Z]{3}$/, 'give the three letters of the currency, such as USD'),
  /** How many tenants pay it; only with `mrr_per_tenant`. */
  tenants: known(z.int().nonnegative()).optional(),
  source: z.string().min(1, 'say where the figure comes from'),
  date,
});

const stream = z.strictObject({
  title: z.string().min(1),
  /** `share` in percent of the figure. */
  holds: z.array(z.strictObject({ figure: key, share: z.int().min(1).max(100) })),
});

const moneyFile = z
  .strictObject({ figures: z.record(key, figure), streams: z.record(key, stream) })
  .superRefine((money, context) => {
    for (const [name, { holds }] of Object.entries(money.streams)) {
      for (const [index, { figure: held }] of holds.entries()) {
        if (held in money.figures) continue;
        const path = ['streams', name, 'holds', index, 'figure'];
        context.addIssue({ code: 'custom', path, message: `"${held}" is not among the figures` });
      }
    }
    for (const [name, { measure, tenants }] of Object.entries(money.figures)) {
      const path = ['figures', name, 'tenants'];
      if ((measure === 'mrr_per_tenant') === (tenants !== undefined)) continue;
      const message =
        tenants === undefined
          ? 'say how many tenants pay it, or unknown'
          : 'belongs to the measure mrr_per_tenant only';
      context.addIssue({ code: 'custom', path, message });
    }
    for (const name of Object.keys(money.figures)) {
      const shares = Object.values(money.streams).flatMap(({ holds }) => holds.filter((one) => one.figure === name));
      const together = shares.reduce((sum, { share }) => sum + share, 0);
      if (together <= 100) continue;
      const message = `its shares are ${together} percent together, so money would be counted twice`;
      context.addIssue({ code: 'custom', path: ['figures', name], message });
    }
  });

export type MoneyFile = z.infer<typeof moneyFile>;
export type Figure = z.infer<typeof figure>;

/** One sentence for each problem, with place and way out. */
export class DataFileRefused extends Error {
  override readonly name = 'DataFileRefused';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** Throws `DataFileRefused`. */
export function readMoney(root = process.cwd()): MoneyFile {
  const path = join(root, MONEY_FILE);
  if (!existsSync(path))
    throw new DataFileRefused([`${MONEY_FILE} does not exist. It holds every figure and its source.`]);
  return parseMoney(readFileSync(path, 'utf8'));
}

export function parseMoney(text: string): MoneyFile {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  if (document.errors.length > 0) {
    throw new DataFileRefused(
      document.errors.map(
        ({ message, pos }) => `${MONEY_FILE}:${lineCounter.linePos(pos[0]).line}  ${message.split('\n')[0]}`,
      ),
    );
  }
  const result = moneyFile.safeParse(document.toJS());
  if (result.success) return result.data;
  throw new DataFileRefused(
    result.error.issues.map(({ path, message }) => {
      const line = lineOf(
        path,
        (at) => document.getIn(at, true),
        (offset) => lineCounter.linePos(offset).line,
      );
      return `${MONEY_FILE}:${line}  ${path.join('.') || 'the file'}: ${message}.`;
    }),
  );
}

/** The line of the innermost part that exists. */
function lineOf(
  path: readonly PropertyKey[],
  at: (path: PropertyKey[]) => unknown,
  line: (offset: number) => number,
): number {
  for (let depth = path.length; depth > 0; depth--) {
    const node = at(path.slice(0, depth)) as { range?: readonly [number, ...number[]] } | undefined;
    if (node?.range) return line(node.range[0]);
  }
  return 1;
}
