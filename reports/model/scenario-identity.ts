import { createHash } from 'node:crypto';
import type { GherkinDocument, Pickle, Rule, Scenario, TableCell } from '@cucumber/messages';

/** What a scenario is called, everywhere and for good. */
export interface ScenarioIdentity {
  /** Rule id, name and, in an outline, the case: `ID-04 / Hostile spellings are refused / empty`. */
  readonly key: string;
  /** Without the case. */
  readonly name: string;
  readonly case?: string;
  /** Ten hexadecimal digits of its rule and its sentences: what was proven of it holds as long as they are the same. */
  readonly meaning: string;
}

/** The durable id of a rule: `WS-05` of the tag `@WS-05`. */
export function ruleId(rule: Pick<Rule, 'tags'>): string | undefined {
  const tag = rule.tags.find(({ name }) => /^@[A-Z]{2}-\d{2,}$/.test(name));
  return tag?.name.slice(1);
}

/**
 * Where there is no rule id, the file's path stands in its place. An outline without a `case` column falls back to the
 * number of the example, which lasts only as long as nobody moves it.
 */
export function scenarioIdentity(pickle: Pickle, document: GherkinDocument): ScenarioIdentity {
  const [scenarioId, rowId] = pickle.astNodeIds;
  for (const child of document.feature?.children ?? []) {
    const scenarios = child.rule?.children.flatMap((one) => one.scenario ?? []) ?? [];
    const scenario = [...scenarios, ...(child.scenario ? [child.scenario] : [])].find(({ id }) => id === scenarioId);
    if (scenario === undefined) continue;
    const rule = child.rule && ruleId(child.rule);
    const row = rowId === undefined ? undefined : caseOf(scenario, rowId);
    return { ...named(rule ?? pickle.uri, pickle, row, scenario), meaning: meaningOf(rule, pickle) };
  }
  return { ...named(pickle.uri, pickle, undefined), meaning: meaningOf(undefined, pickle) };
}

/** By the sentences with their tables and texts, whatever the scenario is called and wherever it stands. */
function meaningOf(rule: string | undefined, { steps }: Pick<Pickle, 'steps'>): string {
  const sentences = steps.map(({ text, argument }) => ({
    text,
    ...(argument?.dataTable && { table: argument.dataTable.rows.map((row) => row.cells.map(({ value }) => value)) }),
    ...(argument?.docString && { docString: argument.docString.content }),
  }));
  return createHash('sha256')
    .update(JSON.stringify([rule ?? null, sentences]))
    .digest('hex')
    .slice(0, 10);
}

function named(
  place: string,
  pickle: Pickle,
  row: Case | undefined,
  scenario?: Scenario,
): Omit<ScenarioIdentity, 'meaning'> {
  if (row === undefined) return { key: `${place} / ${pickle.name}`, name: pickle.name };
  // "Bad input is refused: <case>" is called "Bad input is refused", because the case follows in any case.
  const name = row.named && scenario ? filled(scenario.name.replace(/[\s:,–-]*<case>$/, ''), row.cells) : pickle.name;
  return { key: `${place} / ${name} / ${row.value}`, name, case: row.value };
}

interface Case {
  readonly value: string;
  readonly named: boolean;
  readonly cells: readonly (readonly [column: string, value: string])[];
}

function caseOf(scenario: Scenario, rowId: string): Case | undefined {
  for (const [index, { tableHeader, tableBody }] of scenario.examples.entries()) {
    const at = tableBody.findIndex(({ id }) => id === rowId);
    const row = tableBody[at];
    if (!row) continue;
    const columns = (tableHeader?.cells ?? []).map(({ value }: TableCell) => value);
    const cells = columns.map((column, x) => [column, row.cells[x]?.value ?? ''] as const);
    const value = cells.find(([column]) => column === 'case')?.[1];
    return { value: value ?? `#${index + 1}.${at + 1}`, named: value !== undefined, cells };
  }
  return undefined;
}

const filled = (text: string, cells: Case['cells']): string =>
  cells.reduce((sentence, [column, value]) => sentence.replaceAll(`<${column}>`, value), text);
