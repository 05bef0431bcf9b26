import { isDeepStrictEqual } from 'node:util';
import { counted, inWords } from './amounts';
import type { AgentDefinition } from './contract';
import { AgentError } from './errors';
import { asksToPublish, filterOf, settledBy } from './question';
import { planOf, reportOf } from './report';
import { toolResults } from './tools';
import { assess } from './verdict';
import { work as shape, type Finding } from './work';

const STEP_MS = 25_000;

const triage: AgentDefinition = {
  kind: 'triage',
  version: 1,
  title: 'Judges whether the recorded usage can answer the question',
  tags: ['routing'],
  tools: ['usage_coverage'],
  limitMs: STEP_MS,
  output: shape.pick({ filter: true, cut: true, coverage: true, verdict: true, missing: true }).required(),
  create: (scope) => ({
    async run() {
      const before = await scope.recall();
      const filter = filterOf(scope.question, scope.asOf, before.settled);
      const settled = settledBy(scope.question, before.settled);
      if (!before.isWhole) await scope.think('What this thread had settled before cannot all be read right now.');
      await scope.think(`Looking for usage from ${day(filter.from)} to ${day(filter.to)}${narrowing(filter.where)}.`);
      const { coverage, cut } = toolResults.usage_coverage.parse(await scope.call('usage_coverage', { filter }));
      const { verdict, missing } = assess(scope.question, coverage);
      if (!isDeepStrictEqual(settled, before.settled)) await scope.settle(settled);
      await scope.think(
        `${counted(coverage.calls, 'call')} on ${counted(coverage.daysWithUse, 'day')}: the data is judged ${verdict.replaceAll('_', ' ')}.`,
      );
      return { filter, cut, coverage, verdict, missing: [...missing] };
    },
  }),
};

const data: AgentDefinition = {
  kind: 'data',
  version: 1,
  title: 'Adds up what was used and what it cost',
  tags: ['usage', 'cost'],
  tools: ['usage_summary', 'price_list'],
  limitMs: STEP_MS,
  output: shape.pick({ calls: true, spends: true, byModel: true, unpriced: true, prices: true }).required(),
  create: (scope) => ({
    async run({ filter, cut }) {
      await scope.think('Adding up calls and cost by provider and model.');
      const sums = toolResults.usage_summary.parse(await scope.call('usage_summary', { filter, cut }));
      const { version } = toolResults.price_list.parse(await scope.call('price_list', {}));
      const [most] = sums.spends;
      await scope.think(
        `${counted(sums.calls, 'call')} to ${counted(sums.byModel.length, 'model')} cost ${most === undefined ? 'an unknown amount' : inWords(most)} by the list ${version}.`,
      );
      return { ...sums, prices: version };
    },
  }),
};

const optimisation: AgentDefinition = {
  kind: 'optimisation',
  version: 1,
  title: 'Finds what was paid for without need',
  tags: ['savings'],
  tools: ['find_savings'],
  limitMs: STEP_MS,
  output: shape.pick({ findings: true }).required(),
  create: (scope) => ({
    async run({ filter, cut, spends }) {
      await scope.think('Looking for failed, repeated, batchable, cacheable and oversized calls.');
      const args = { filter, cut, spends };
      const { findings } = toolResults.find_savings.parse(await scope.call('find_savings', args));
      const [largest] = findings;
      await scope.think(
        largest === undefined
          ? 'Nothing saves as much as one hundredth of the spend.'
          : `${counted(findings.length, 'saving')} found; the largest is ${inWords(largest.saving)} (${largest.rule.replaceAll('_', ' ')}).`,
      );
      return { findings };
    },
  }),
};

const actionPlanning: AgentDefinition = {
  kind: 'action-planning',
  version: 1,
  title: 'Puts the savings into an order of work',
  tags: ['plan'],
  tools: [],
  limitMs: STEP_MS,
  output: shape.pick({ actions: true }).required(),
  create: (scope) => ({
    async run({ findings }) {
      // The route comes past whoever finds them.
      const actions = planOf(findings as readonly Finding[]);
      const [first] = actions;
      await scope.think(
        first === undefined
          ? 'There is nothing to plan.'
          : `First of ${counted(actions.length, 'action')}: ${first.action}`,
      );
      return { actions };
    },
  }),
};

const reporting: AgentDefinition = {
  kind: 'reporting',
  version: 1,
  title: 'Writes down the answer, with every figure it rests on',
  tags: ['report'],
  tools: ['publish_report'],
  limitMs: STEP_MS,
  output: shape.pick({ report: true }).required(),
  create: (scope) => ({
    async run(work) {
      const report = reportOf(scope.question, work);
      await scope.think(
        report.missing.length > 0 && report.spend === null
          ? `Saying what is missing: ${report.missing[0]}`
          : `Writing the report: ${counted(report.findings.length, 'finding')}, ${report.savings === null ? 'no saving' : `${inWords(report.savings)} to save`}.`,
      );
      if (!asksToPublish(scope.question)) return { report };
      const refusal = await refusalOf(scope.call('publish_report', { report }));
      if (refusal === undefined) {
        await scope.think('The report is published: everybody in your company can read it.');
        return { report };
      }
      const unpublished = `The report is not published. ${refusal}`;
      await scope.think(unpublished);
      return { report: reportOf(scope.question, { ...work, missing: [...report.missing, unpublished] }) };
    },
  }),
};

export const SPECIALISTS: readonly AgentDefinition[] = [triage, data, optimisation, actionPlanning, reporting];

/** Why the asker may not publish: no reason to withhold the answer. Whatever else happens is thrown. */
async function refusalOf(publishing: Promise<object>): Promise<string | undefined> {
  try {
    await publishing;
    return undefined;
  } catch (error) {
    if (error instanceof AgentError && error.code === 'tool_not_allowed') return error.message;
    throw error;
  }
}

function day(instant: string): string {
  return instant.slice(0, 10);
}

function narrowing(where: { model?: string[] | undefined; feature?: string[] | undefined }): string {
  const parts = [
    ...(where.model ?? []).map((name) => `model ${name}`),
    ...(where.feature ?? []).map((name) => `feature ${name}`),
  ];
  return parts.length === 0 ? '' : `, only ${parts.join(' and ')}`;
}
