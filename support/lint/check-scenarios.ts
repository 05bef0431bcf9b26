import { StepKeywordType, type Scenario, type Step } from '@cucumber/messages';
import { scenariosOf, type FeatureText, type Placed, type Problem } from './feature-text';

/** One behaviour each, under a rule, with a name that lasts. */
export function checkScenarios(feature: FeatureText): Problem[] {
  const names = new Map<string, number>();
  return scenariosOf(feature).flatMap((placed) => {
    const { scenario, rule } = placed;
    const { line } = scenario.location;
    const at = (message: string): Problem => ({ uri: feature.uri, line, message });
    const problems = [...checkSteps(placed, at), ...checkOutline(scenario, feature.uri)];
    if (!rule)
      problems.push(at(`"${scenario.name}" stands under no rule. Put it below the "Rule:" it is an example of.`));
    const identity = `${rule?.id ?? ''} ${scenario.name}`;
    const before = names.get(identity);
    if (before === undefined) names.set(identity, line);
    else problems.push(at(`"${scenario.name}" is the name of the scenario in line ${before} too. Say what differs.`));
    return problems;
  });
}

function checkSteps({ scenario, backgrounds }: Placed, at: (message: string) => Problem): Problem[] {
  const { name, steps } = scenario;
  if (steps.length === 0) return [at(`"${name}" has no steps, so it shows nothing. Write them, or remove it.`)];
  const whens = steps.filter(
    (step, index) =>
      kindOf(steps, index) === StepKeywordType.ACTION && step.keywordType !== StepKeywordType.CONJUNCTION,
  );
  const thens = steps.filter((_, index) => kindOf(steps, index) === StepKeywordType.OUTCOME);
  const problems: Problem[] = [];
  if (whens.length > 1)
    problems.push(
      at(`"${name}" has ${whens.length} steps that begin with When. One thing happens in a scenario; split it.`),
    );
  if (whens.length === 0)
    problems.push({ ...at(`"${name}" has no When. Say the one thing that happens.`), hint: true });
  if (thens.length === 0)
    problems.push(at(`"${name}" has no Then, so it shows nothing. Say what an outsider can observe.`));
  const all = steps.length + backgrounds.reduce((sum, background) => sum + background.steps.length, 0);
  if (all > 6) problems.push({ ...at(`"${name}" has ${all} steps. Three to five are read; tell less.`), hint: true });
  return problems;
}

/** And and But go on with what came before them. */
function kindOf(steps: readonly Step[], index: number): StepKeywordType | undefined {
  const step = steps[index];
  return step?.keywordType === StepKeywordType.CONJUNCTION ? kindOf(steps, index - 1) : step?.keywordType;
}

/** Each row of an outline has a name that lasts, and each column is there for a reason. */
function checkOutline(scenario: Scenario, uri: string): Problem[] {
  const cases = new Map<string, number>();
  const used = new Set(
    sentencesOf(scenario).flatMap((text) => [...text.matchAll(/<([^<>]+)>/g)].map((match) => match[1])),
  );
  return scenario.examples.flatMap(({ tableHeader, tableBody, location }) => {
    const columns = tableHeader?.cells ?? [];
    const at = (line: number, message: string): Problem => ({ uri, line, message });
    if (!tableHeader || tableBody.length === 0)
      return [at(location.line, 'These examples are empty. Add rows, or remove them.')];
    const problems: Problem[] = [];
    const headline = tableHeader.location.line;
    if (columns[0]?.value !== 'case') {
      problems.push(
        at(headline, `The first column is "${columns[0]?.value}". Call it "case" and let it name each row.`),
      );
    }
    for (const { value } of columns.slice(1)) {
      if (!used.has(value))
        problems.push(at(headline, `The column "${value}" is used in no step. Use it as <${value}>, or remove it.`));
    }
    for (const { cells, location: row } of tableBody) {
      const name = cells[0]?.value ?? '';
      const before = cases.get(name);
      if (name === '') problems.push(at(row.line, 'This row has no case. Name it, so that it can be found again.'));
      else if (before !== undefined)
        problems.push(at(row.line, `"${name}" is the case in line ${before} too. Give each row its own.`));
      else cases.set(name, row.line);
    }
    return problems;
  });
}

const sentencesOf = ({ name, steps }: Scenario): string[] => [
  name,
  ...steps.flatMap(({ text, dataTable, docString }) => [
    text,
    docString?.content ?? '',
    ...(dataTable?.rows.flatMap(({ cells }) => cells.map(({ value }) => value)) ?? []),
  ]),
];
