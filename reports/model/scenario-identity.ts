import { createHash } from 'node:crypto';
import type { GherkinDocument, Pickle, Rule, Scenario, TableCell } from '@cucumber/messages';

/** What a scenario is called, everywhere and for good. */
export interface ScenarioIdentity {
  /** Rule id, name and, in an outline, the case: `ID-04 / Hostile spellings are refused / empty`. */
  readonly key: string;
  /** Without the case. */
  readonly name: string;
  readonly case?: string;
}

/** The durable id of a rule: `WS-05` of the tag `@WS-05`. */
export function ruleId(rule: Pick<Rule, 'tags'>): string | undefined {
  const tag = rule.tags.find(({ name }) => /^@[A-Z]{2}-\d{2,}$/.test(name));
  return tag?.name.slice(1);
}

/** The key of one scenario, as in `scenarioIdentity`. */
export function scenarioKey(pickle: Pickle, document: GherkinDocument): string {
  return scenarioIdentity(pickle, document).key;
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
    const place = (child.rule && ruleId(child.rule)) ?? pickle.uri;
    return named(place, pickle, rowId === undefined ? undefined : caseOf(scenario, rowId), scenario);
  }
  return named(pickle.uri, pickle, undefined);
}

function named(place: string, pickle: Pickle, row: Case | undefined, scenario?: Scenario): ScenarioIdentity {
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

/** SHA-256 (hex) over the sentences of a scenario with their tables and texts: a reworded scenario must be proven anew. */
export function contentHash(pickle: Pick<Pickle, 'steps'>): string {
  const sentences = pickle.steps.map(({ text, argument }) => ({
    text,
    ...(argument?.dataTable && { table: argument.dataTable.rows.map((row) => row.cells.map(({ value }) => value)) }),
    ...(argument?.docString && { docString: argument.docString.content }),
  }));
  return createHash('sha256').update(JSON.stringify(sentences)).digest('hex');
}
