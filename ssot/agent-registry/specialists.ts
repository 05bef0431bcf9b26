import { isDeepStrictEqual } from 'node:util';
import { counted, exact, inWords, sumByCurrency } from './amounts';
import type { AgentDefinition } from './contract';
import { asksToPublish, filterOf, settledBy } from './question';
import { textOf } from './report-text';
import { toolResults } from './tools';
import { assess } from './verdict';
import { work as shape, type Finding, type Report, type Work } from './work';

const STEP_MS = 25_000;
/** Characters of it that a report repeats; the story holds all of it. */
const LONGEST_QUESTION = 1_000;
const ACTIONS: Readonly<Record<Finding['rule'], (found: Finding) => string>> = {
  failed_or_superseded: ({ feature, model }) =>
    `Stop paying for failed and superseded calls of ${feature} to ${model}.`,
  repeated_prompt: ({ feature, model }) => `Keep answers of ${feature} to prompts that ${model} was given before.`,
  batchable: ({ feature, model }) => `Send the background calls of ${feature} to ${model} as batches.`,
  cacheable_opening: ({ feature, model }) => `Let ${model} cache the opening that the calls of ${feature} share.`,
  small_call_on_large_model: ({ feature, model, smaller }) =>
    `Send the small calls of ${feature} to ${smaller ?? 'a smaller model'} instead of ${model}.`,
};

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
    async run({ filter, cut, spends = [] }) {
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
    async run({ findings = [] }) {
      // What is measured was certainly paid for nothing, so it comes before what is estimated.
      const ordered = [...findings].sort(
        (a, b) =>
          Number(a.basis === 'estimated') - Number(b.basis === 'estimated') ||
          Number(exact(b.saving.amount) - exact(a.saving.amount)),
      );
      const actions = ordered.map((found, index) => ({
        place: index + 1,
        rule: found.rule,
        action: ACTIONS[found.rule](found),
        saving: found.saving,
      }));
      await scope.think(
        actions.length === 0
          ? 'There is nothing to plan.'
          : `First of ${counted(actions.length, 'action')}: ${actions[0]?.action}`,
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
      if (asksToPublish(scope.question)) {
        await scope.call('publish_report', { report });
        await scope.think('The report is published: everybody in your company can read it.');
      }
      return { report };
    },
  }),
};

export const SPECIALISTS: readonly AgentDefinition[] = [triage, data, optimisation, actionPlanning, reporting];

/** Every figure of the answer, and the same in sentences. */
function reportOf(question: string, work: Work): Report {
  const { filter, verdict = 'insufficient', findings = [], spends = [] } = work;
  const [spend = null, ...others] = spends;
  const savings = sumByCurrency(findings.map(({ saving }) => saving)).find((sum) => sum.currency === spend?.currency);
  const facts = {
    question: question.length > LONGEST_QUESTION ? `${question.slice(0, LONGEST_QUESTION)}…` : question,
    period: { from: filter?.from ?? '', to: filter?.to ?? '' },
    verdict,
    preliminary: verdict === 'partial',
    calls: work.calls ?? work.coverage?.calls ?? 0,
    spend,
    spendInOtherCurrencies: others,
    savings: savings ?? null,
    findings,
    byModel: work.byModel ?? [],
    unpriced: work.unpriced ?? [],
    actions: work.actions ?? [],
    missing: work.missing ?? [],
    prices: work.prices ?? null,
  };
  return { ...facts, text: textOf(facts), wordedBy: 'rules' };
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
