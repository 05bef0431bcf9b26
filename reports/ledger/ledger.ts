import { STATES, stateOfRule, stateOfRules, type State } from '../model/protection';
import type { FeatureModel, Outcome, RuleModel, RunModel } from '../model/run-model';
import type { Figure, MoneyFile } from './revenue-streams';

/** What machines read as `reports/output/ledger.json`. */
export interface Ledger {
  readonly schemaVersion: 2;
  readonly run: Pick<
    RunModel,
    'startedAt' | 'finishedAt' | 'commit' | 'success' | 'failures' | 'whole' | 'partialBecause' | 'moduleTests'
  >;
  readonly streams: readonly LedgerStream[];
  readonly figures: readonly LedgerFigure[];
}

export interface LedgerStream {
  readonly key: string;
  readonly name: string;
  readonly state: State;
  readonly amounts: readonly LedgerAmount[];
  /** One sentence each: why the money is not protected. */
  readonly reasons: readonly string[];
  readonly rules: number;
  readonly scenarios: number;
  readonly moduleTests: ModuleTestCounts;
  readonly ruleStates: Readonly<Record<State, number>>;
  readonly outcomes: Readonly<Record<Outcome | 'notRun', number>>;
  readonly perRule: readonly LedgerRule[];
}

export interface ModuleTestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface LedgerRule {
  readonly id: string;
  readonly name: string;
  readonly state: State;
  /** Those that were left out too. */
  readonly examples: number;
  readonly moduleTests: ModuleTestCounts;
}

/** What one stream holds of one figure. */
export interface LedgerAmount {
  readonly figure: string;
  /** `450,000 USD`; null reads "unknown". */
  readonly value: string | null;
  /** `a year, 90 % of the recurring revenue of the platform` */
  readonly meaning: string;
  readonly per: string;
  readonly share: number;
  /** Decimal text of the share, in `currency`; null reads "unknown". */
  readonly amount: string | null;
  readonly currency: string;
  readonly source: string;
  readonly date: string;
}

/** One figure with its parts by state. The parts are shares of one figure and never overlap; figures are never added. */
export interface LedgerFigure {
  readonly figure: string;
  readonly title: string;
  readonly per: string;
  readonly amount: string | null;
  readonly currency: string;
  /** `mrr_per_tenant` only: the month's revenue of all tenants; null reads "unknown". */
  readonly total?: string | null;
  readonly parts: Readonly<Record<State | 'unassigned', string | null>>;
  readonly source: string;
  readonly date: string;
}

const PER = { arr: 'a year', mrr_per_tenant: 'a month per enterprise tenant', exposure: 'exposure' } as const;

/** What the run says about the money. */
export function ledgerOf(run: RunModel, money: MoneyFile): Ledger {
  const { startedAt, finishedAt, commit, success, failures, whole, partialBecause, moduleTests } = run;
  const streams = Object.entries(money.streams).map(([key, stream]) => ledgerStream(key, stream, run, money));
  return {
    schemaVersion: 2,
    run: { startedAt, finishedAt, commit, success, failures, whole, partialBecause, moduleTests },
    streams,
    figures: Object.entries(money.figures).map(([name, figure]) => ledgerFigure(name, figure, streams)),
  };
}

function ledgerStream(
  key: string,
  stream: MoneyFile['streams'][string],
  run: RunModel,
  money: MoneyFile,
): LedgerStream {
  const features = run.features.filter((feature) => streamOf(feature) === key);
  const missing = run.featuresNotRun.filter((uri) => uri.startsWith(`features/${key}/`)).length;
  const rules = features.flatMap((feature) => feature.rules);
  const scenarios = rules.flatMap((rule) => rule.scenarios);
  const notRun = rules.reduce((sum, rule) => sum + rule.notRun.length, 0);
  const perRule = rules.map(ledgerRule);
  return {
    key,
    name: stream.title,
    state: stateOfStream(rules, missing, run),
    amounts: stream.holds.flatMap(({ figure: name, share }) => {
      const figure = money.figures[name];
      return figure ? ledgerAmount(name, figure, share) : [];
    }),
    reasons: reasonsOf(rules, missing, run),
    rules: rules.length,
    scenarios: scenarios.length + notRun,
    moduleTests: {
      passed: sumOf(perRule, ({ moduleTests }) => moduleTests.passed),
      failed: sumOf(perRule, ({ moduleTests }) => moduleTests.failed),
      skipped: sumOf(perRule, ({ moduleTests }) => moduleTests.skipped),
    },
    ruleStates: counted(
      STATES,
      perRule.map(({ state }) => state),
    ),
    outcomes: {
      ...counted(
        OUTCOMES,
        scenarios.map(({ outcome }) => outcome),
      ),
      notRun,
    },
    perRule,
  };
}

/** What was not part of the run, or a run that failed around its scenarios, takes the protection and hides no failure. */
function stateOfStream(rules: readonly RuleModel[], missingFiles: number, { failures }: RunModel): State {
  const seen = stateOfRules(rules);
  if (missingFiles > 0 && (seen === 'protected' || seen === 'unspecified')) return 'not-run';
  return seen === 'protected' && failures.length > 0 ? 'unproven' : seen;
}

const ledgerRule = (rule: RuleModel): LedgerRule => ({
  id: rule.id,
  name: rule.name,
  state: stateOfRule(rule),
  examples: rule.scenarios.length + rule.notRun.length,
  moduleTests: { ...rule.moduleTests, failed: rule.moduleTests.failed.length },
});

const sumOf = <T>(all: readonly T[], of: (one: T) => number): number => all.reduce((sum, one) => sum + of(one), 0);

const OUTCOMES = ['proven', 'passed', 'flaky', 'blocked', 'failed'] as const satisfies readonly Outcome[];

function counted<T extends string>(names: readonly T[], found: readonly T[]): Record<T, number> {
  return Object.fromEntries(names.map((name) => [name, found.filter((one) => one === name).length])) as Record<
    T,
    number
  >;
}

/** The block says it; a feature without one belongs where it lies. */
export const streamOf = ({ businessValue, uri }: FeatureModel): string | undefined =>
  businessValue?.revenue ?? /^features\/([^/]+)\//.exec(uri)?.[1];

function reasonsOf(rules: readonly RuleModel[], missingFiles: number, { failures }: RunModel): string[] {
  const scenarios = rules.flatMap((rule) => rule.scenarios);
  const notRun = sumOf(rules, (rule) => rule.notRun.length);
  const failedTests = sumOf(rules, ({ moduleTests }) => moduleTests.failed.length);
  const ended = (outcome: Outcome, what: (count: number) => string): string | false => {
    const count = scenarios.filter((one) => one.outcome === outcome).length;
    return (
      count > 0 &&
      `${many(count, 'scenario')} ${what(count)}, in ${idsOf(rules.filter((rule) => rule.scenarios.some((one) => one.outcome === outcome)))}.`
    );
  };
  const reasons: (string | false)[] = [
    ended('failed', () => 'failed'),
    failedTests > 0 &&
      `${many(failedTests, 'module test')} failed, in ${idsOf(rules.filter(({ moduleTests }) => moduleTests.failed.length > 0))}.`,
    failures.length > 0 && 'The run failed around its scenarios, so no money rests on it.',
    ended('flaky', () => 'passed only after another attempt'),
    ended('blocked', () => 'did not run to the end'),
    missingFiles > 0 &&
      `${many(missingFiles, 'feature file')} ${missingFiles === 1 ? 'was' : 'were'} not part of this run.`,
    notRun > 0 && `${many(notRun, 'scenario')} ${notRun === 1 ? 'was' : 'were'} not part of this run.`,
    ended(
      'passed',
      (count) => `passed, but ${count === 1 ? 'has' : 'have'} not been shown to fail when the behaviour breaks`,
    ),
    rules.length === 0 && missingFiles === 0 && 'No rule says yet what has to work for this money.',
  ];
  return reasons.filter((reason) => reason !== false);
}

/** `WS-01, WS-02`; of many rules the first five. */
function idsOf(rules: readonly RuleModel[]): string {
  const first = rules.slice(0, 5).map(({ id }) => id);
  const rest = rules.length - first.length;
  return `${first.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

export const many = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

function ledgerAmount(name: string, figure: Figure, share: number): LedgerAmount {
  const cents = shareInCents(figure, share);
  const { currency, source, date } = figure;
  return {
    figure: name,
    value: cents === null ? null : `${readable(decimal(cents))} ${currency}`,
    meaning: meaningOf(figure, share),
    per: PER[figure.measure],
    share,
    amount: cents === null ? null : decimal(cents),
    currency,
    source,
    date,
  };
}

function meaningOf({ measure, title }: Figure, share: number): string {
  const whole = measure === 'exposure' ? lowerFirst(title) : PER[measure];
  return share === 100 ? whole : `${PER[measure]}, ${share} % of the ${lowerFirst(title)}`;
}

function ledgerFigure(name: string, figure: Figure, streams: readonly LedgerStream[]): LedgerFigure {
  const shareOf = (state: State): number =>
    streams
      .filter((stream) => stream.state === state)
      .flatMap(({ amounts }) => amounts.filter((one) => one.figure === name))
      .reduce((sum, { share }) => sum + share, 0);
  const shares = Object.fromEntries(STATES.map((state) => [state, shareOf(state)])) as Record<State, number>;
  const unassigned = 100 - STATES.reduce((sum, state) => sum + shares[state], 0);
  const part = (share: number): string | null => {
    const cents = shareInCents(figure, share);
    return cents === null ? null : decimal(cents);
  };
  const { title, measure, currency, source, date, amount, tenants } = figure;
  return {
    figure: name,
    title,
    per: PER[measure],
    amount: part(100),
    currency,
    ...(tenants !== undefined && {
      total: amount === 'unknown' || tenants === 'unknown' ? null : decimal(BigInt(amount) * BigInt(tenants) * 100n),
    }),
    parts: {
      failing: part(shares.failing),
      unproven: part(shares.unproven),
      'not-run': part(shares['not-run']),
      unspecified: part(shares.unspecified),
      protected: part(shares.protected),
      unassigned: part(unassigned),
    },
    source,
    date,
  };
}

/** Exact: an amount is a whole number of units, and a share a whole number of percent. */
const shareInCents = ({ amount }: Figure, share: number): bigint | null =>
  amount === 'unknown' ? null : BigInt(amount) * BigInt(share);

const decimal = (cents: bigint): string => `${cents / 100n}.${(cents % 100n).toString().padStart(2, '0')}`;

/** `450000.00` -> `450,000` */
export function readable(decimalText: string): string {
  const [units = '', cents = '00'] = decimalText.split('.');
  const grouped = units.replace(/\B(?=(\d{3})+$)/g, ',');
  return cents === '00' ? grouped : `${grouped}.${cents}`;
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
