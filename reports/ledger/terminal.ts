import type { Writable } from 'node:stream';
import { styleText } from 'node:util';
import { shortCommit } from '../model/commit';
import { STATES, type State } from '../model/protection';
import { many, readable, type Ledger, type LedgerFigure, type LedgerStream, type ModuleTestCounts } from './ledger';

const WIDTH = 100;
const SIGN = { protected: '●', unproven: '◐', 'not-run': '–', unspecified: '○', failing: '✕' } as const;
const COLOUR = {
  protected: 'green',
  unproven: 'yellow',
  'not-run': 'yellow',
  unspecified: 'gray',
  failing: 'red',
} as const;
const STATE_ORDER = [...STATES].reverse();

type Paint = (format: Parameters<typeof styleText>[0], text: string) => string;

/** The ledger as text, at most 100 columns wide; in colour only where `stream` and NO_COLOR or FORCE_COLOR allow it. */
export function ledgerText(ledger: Ledger, stream: Writable): string {
  const paint: Paint = (format, text) => styleText(format, text, { stream });
  const notes = sourceNotes(ledger);
  const rule = paint('dim', '─'.repeat(WIDTH));
  const lines = [
    '',
    headline(ledger, paint),
    rule,
    ...table(ledger.streams, notes, paint),
    paint('dim', moduleTestLine(ledger).padStart(WIDTH)),
    rule,
    ...ledger.figures.flatMap((figure) => figureLines(figure, notes)),
    ...failureLines(ledger, paint),
    ...reasonLines(ledger.streams, paint),
    ...partialLines(ledger, paint),
    '',
    ...[...notes].flatMap(([note, mark]) => wrapped(`${mark} `, `Source: ${note}`).map((line) => paint('dim', line))),
    '',
  ];
  return `${lines.join('\n')}\n`;
}

function headline({ run }: Ledger, paint: Paint): string {
  const title = `Revenue ledger${kindOf(run)}`;
  const when = `${run.startedAt.slice(0, 16).replace('T', ' ')} UTC${run.commit ? `, commit ${shortCommit(run.commit, 7)}` : ''}`;
  return (
    paint(run.failures.length > 0 ? ['bold', 'red'] : run.whole ? 'bold' : ['bold', 'yellow'], title) +
    paint('dim', when.padStart(WIDTH - title.length))
  );
}

function kindOf({ failures, whole }: Ledger['run']): string {
  if (failures.length > 0) return ' of a run that failed';
  return whole ? '' : ' of a partial run';
}

/** Columns: stream, money, state, rules protected, scenarios proven. */
function table(streams: readonly LedgerStream[], notes: Map<string, string>, paint: Paint): string[] {
  const name = Math.max(6, ...streams.map(({ key }) => key.length)) + 2;
  const figures = Math.max(
    7,
    ...streams.flatMap(({ amounts }) => amounts.map(({ value }) => (value ?? 'unknown').length)),
  );
  const money = WIDTH - name - 16 - 10 - 13;
  const head =
    'Stream'.padEnd(name) +
    'Money'.padEnd(money) +
    'State'.padEnd(16) +
    'Rules'.padStart(10) +
    'Scenarios'.padStart(13);
  return [
    paint('dim', head),
    ...streams.flatMap((stream) => {
      const amounts = stream.amounts.map(
        ({ value, per, source, date }) =>
          `${(value ?? 'unknown').padStart(figures)} ${per} ${notes.get(noteOf(source, date)) ?? ''}`,
      );
      const [first = 'no figure', ...more] = amounts;
      const { ruleStates, outcomes, state, rules, scenarios } = stream;
      return [
        paint('bold', stream.key.padEnd(name)) +
          first.padEnd(money) +
          paint(COLOUR[state], `${SIGN[state]} ${stateWord(state)}`.padEnd(16)) +
          share(ruleStates.protected, rules).padStart(10) +
          share(outcomes.proven, scenarios).padStart(13),
        ...more.map((line) => ' '.repeat(name) + line),
      ];
    }),
    paint(
      'dim',
      'of rules: protected; of scenarios: passed, and shown to fail when the behaviour breaks'.padStart(WIDTH),
    ),
  ];
}

const share = (part: number, whole: number): string => (whole === 0 ? 'none' : `${part} of ${whole}`);

/** `Recurring revenue of the platform: 500,000 USD a year ¹ (450,000 protected, 50,000 failing).` */
function figureLines(figure: LedgerFigure, notes: Map<string, string>): string[] {
  const { title, parts, currency, per, total } = figure;
  const held = [...STATE_ORDER, 'unassigned' as const].flatMap((state) => {
    const part = parts[state];
    if (part === null || /^0\.0*$/.test(part)) return [];
    const name = state === 'unassigned' ? 'held by no stream' : stateWord(state);
    return part === figure.amount ? name : `${readable(part)} ${name}`;
  });
  const amount = figure.amount === null ? 'unknown' : `${readable(figure.amount)} ${currency}`;
  const mark = notes.get(noteOf(figure.source, figure.date)) ?? '';
  const perWhat = per === 'exposure' ? '' : ` ${per}`;
  const sum =
    total === null ? 'unknown, because their number is unknown' : total && `${readable(total)} ${currency} a month`;
  return wrapped(
    '',
    `${title}: ${amount}${perWhat} ${mark}${held.length > 0 ? ` (${held.join(', ')})` : ''}.${sum === undefined ? '' : ` All tenants together: ${sum}.`}`,
  );
}

const stateWord = (state: State): string => state.replace('-', ' ');

/** What failed around the scenarios, which no stream is to blame for. */
function failureLines({ run }: Ledger, paint: Paint): string[] {
  if (run.failures.length === 0) return [];
  return ['', paint(['bold', 'red'], 'The run failed, because'), ...run.failures.flatMap((one) => wrapped('  ', one))];
}

/** `467 module tests under 18 rules: all passed` */
function moduleTestLine({ run, streams }: Ledger): string {
  if (!run.moduleTests) return 'module tests: not run on this commit (npm run test:modules)';
  const { tests, failed } = run.moduleTests;
  const rules = streams.flatMap(({ perRule }) => perRule).filter(({ moduleTests }) => testsOf(moduleTests) > 0).length;
  return `${many(tests, 'module test')} beside the code, under ${many(rules, 'rule')}: ${failed === 0 ? 'none' : failed} failed`;
}

const testsOf = ({ passed, failed, skipped }: ModuleTestCounts): number => passed + failed + skipped;

function reasonLines(streams: readonly LedgerStream[], paint: Paint): string[] {
  const open = streams.filter(({ state }) => state !== 'protected');
  if (open.length === 0) return [];
  const width = Math.max(...open.map(({ key }) => key.length)) + 4;
  return [
    '',
    paint('bold', 'Not protected, because'),
    ...open.flatMap(({ key, state, reasons }) =>
      reasons.flatMap((reason, index) =>
        wrapped((index === 0 ? `  ${key}` : '').padEnd(width), reason).map((line) =>
          line.startsWith(`  ${key}`) ? `  ${paint(COLOUR[state], key)}${line.slice(key.length + 2)}` : line,
        ),
      ),
    ),
  ];
}

function partialLines({ run, streams }: Ledger, paint: Paint): string[] {
  if (run.whole) return [];
  const scenarios = streams.reduce((sum, stream) => sum + stream.outcomes.notRun, 0);
  const title = `This is not the whole suite${scenarios > 0 ? ` (${many(scenarios, 'scenario')} left out)` : ''}:`;
  return ['', paint('yellow', title), ...run.partialBecause.flatMap((reason) => wrapped('  ', reason))];
}

const noteOf = (source: string, date: string): string => (source.includes(date) ? source : `${source} (${date})`);

/** A mark for each source: ¹ ² ³. */
function sourceNotes({ figures }: Ledger): Map<string, string> {
  const notes = new Set(figures.map(({ source, date }) => noteOf(source, date)));
  return new Map([...notes].map((note, index) => [note, superscript(index + 1)]));
}

const superscript = (number: number): string =>
  [...String(number)].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('');

/** The label stands once, and the words after it keep its indentation. */
function wrapped(label: string, text: string): string[] {
  const lines: string[] = [];
  let line = label;
  for (const word of text.split(' ')) {
    if (line.length + word.length > WIDTH && line.trim() !== '') {
      lines.push(line.trimEnd());
      line = ' '.repeat(label.length);
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}
