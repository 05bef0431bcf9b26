import { counted, inWords } from '../report/amounts';
import type { UserId } from '../../kernel';
import type { AgentDefinition, StepScope } from '../contract';
import { listPrices } from '../../analytics';
import { zoneInWords } from '../report/text/zone-text';
import { narrowingInWords } from '../report/text/narrowing-text';
import { daySpan, readQuestion, suggestionsFor, UTC, type KnownNames, type QuestionReading } from '../questions';
import { textWithoutSecrets } from './tools/redaction';
import { planOf, reportOf } from '../report/report';
import { toolResults } from './tools/tools';
import { assess } from './sufficiency';
import { analysis as shape, type Asked, type Finding, type UsageFilter } from './analysis';

const STEP_MS = 25_000;
const HIDDEN_IN_QUESTION =
  'Something in the question looks like a password or a key and was not used; name features and models by other words.';
/** Names that a question may hold without saying what they are. */
const KNOWN: KnownNames = {
  models: [...new Set(listPrices.entries.map(({ model }) => model))],
  providers: [...new Set(listPrices.entries.map(({ provider }) => provider))],
  features: [],
  people: new Map(),
};

const triage: AgentDefinition = {
  kind: 'triage',
  version: 1,
  title: 'Judges whether the recorded usage can answer the question',
  tags: ['routing'],
  tools: ['usage_coverage'],
  limitMs: STEP_MS,
  output: shape.pick({ filter: true, asked: true, cut: true, coverage: true, verdict: true, missing: true }).required(),
  create: (scope) => ({
    async run() {
      const [before, zone] = [await scope.loadConversation(), await scope.timeZone()];
      const question = textWithoutSecrets(scope.question);
      const read = (known: KnownNames): QuestionReading =>
        readQuestion(question, { asOf: scope.asOf, zone }, known, before.filter);
      const plain = read(KNOWN);
      // Asked for only when something was not understood: it may be a feature of the company's own, or a colleague.
      const own = plain.unread.length === 0 ? undefined : await namesAmong(plain.unread, scope);
      const reading = withNote(
        own === undefined ? plain : read({ ...KNOWN, ...own }),
        question === scope.question ? undefined : HIDDEN_IN_QUESTION,
      );
      const filter = filterOf(reading, scope.userId, zone);
      const people = await scope.namesOf(reading.people);
      const asked = askedOf(reading, people);
      if (!before.isComplete) await scope.think('What this thread had settled before cannot all be read right now.');
      const { first, last } = daySpan(filter.from, filter.to, zone);
      const narrowing = narrowingInWords(filter.where, people);
      await scope.think(
        `Looking for usage from ${first} to ${last}${zoneInWords(zone)}${narrowing && `, ${narrowing}`}.`,
      );
      for (const note of reading.notes) await scope.think(note);
      const { coverage, cut } = toolResults.usage_coverage.parse(await scope.call('usage_coverage', { filter }));
      const { verdict, missing } = assess(reading.isInScope, coverage);
      if (reading.isInScope) await scope.saveConversation(reading.conversation, before);
      await scope.think(
        `${counted(coverage.calls, 'call')} on ${counted(coverage.daysWithUse, 'day')}: the data is judged ${verdict.replaceAll('_', ' ')}.`,
      );
      return { filter, asked, cut, coverage, verdict, missing: [...missing] };
    },
  }),
};

const data: AgentDefinition = {
  kind: 'data',
  version: 1,
  title: 'Adds up what was used and what it cost',
  tags: ['usage', 'cost'],
  tools: ['usage_summary', 'usage_breakdown', 'price_list'],
  limitMs: STEP_MS,
  output: shape
    .pick({ calls: true, spends: true, byModel: true, unpriced: true, prices: true })
    .required()
    .extend({ answer: shape.shape.answer, trend: shape.shape.trend }),
  create: (scope) => ({
    async run({ filter, cut, asked }) {
      await scope.think('Adding up calls and cost by provider and model.');
      const sums = toolResults.usage_summary.parse(await scope.call('usage_summary', { filter, cut }));
      const { version } = toolResults.price_list.parse(await scope.call('price_list', {}));
      const [most] = sums.spends;
      await scope.think(
        `${counted(sums.calls, 'call')} to ${counted(sums.byModel.length, 'model')} cost ${most === undefined ? 'an unknown amount' : inWords(most)} by the list ${version}.`,
      );
      if (asked === undefined || !needsBreakdown(asked)) return { ...sums, prices: version };
      await scope.think(`Working out ${inQuestionWords(asked, filter?.timeZone)}.`);
      const { answer } = toolResults.usage_breakdown.parse(await scope.call('usage_breakdown', { filter, cut, asked }));
      return { ...sums, prices: version, answer };
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
  tools: [],
  limitMs: STEP_MS,
  output: shape.pick({ report: true }).required(),
  create: (scope) => ({
    async run(analysis) {
      const report = reportOf(scope.question, analysis);
      await scope.think(
        report.missing.length > 0 && report.spend === null
          ? `Saying what is missing: ${report.missing[0]}`
          : `Writing the report: ${counted(report.findings.length, 'finding')}, ${report.savings === null ? 'no saving' : `${inWords(report.savings)} to save`}.`,
      );
      return { report };
    },
  }),
};

export const SPECIALISTS: readonly AgentDefinition[] = [triage, data, optimisation, actionPlanning, reporting];

/** Names of the company's own, of features and colleagues, that these words may mean. */
async function namesAmong(
  words: readonly string[],
  scope: StepScope,
): Promise<Pick<KnownNames, 'features' | 'people'>> {
  const bare = words.map((word) => word.replace(/'s$/, ''));
  const wanted = new Set(bare.map((word) => word.toLowerCase()));
  const [features, colleagues] = await Promise.all([scope.featureNames(), scope.colleagues(bare)]);
  const people = new Map<string, string[]>();
  for (const [userId, name] of colleagues) {
    // A word of a name that is not among these means something else: May Lin is not meant by "in May".
    const single = name.split(/\s+/).filter((word) => wanted.has(word.toLowerCase()));
    for (const called of new Set([name, ...single].map((one) => one.toLowerCase()))) {
      people.set(called, [...(people.get(called) ?? []), userId]);
    }
  }
  return {
    features: features.filter((name) => [...wanted].some((word) => name.toLowerCase().includes(word))),
    people,
  };
}

function filterOf(
  { from, to, models, providers, features, people, failedOnly, ownOnly }: QuestionReading,
  asker: UserId,
  timeZone: string,
): UsageFilter {
  const named = (some: readonly string[]): string[] | undefined => (some.length === 0 ? undefined : [...some]);
  const where = {
    model: named(models),
    provider: named(providers),
    feature: named(features),
    person: named([...new Set([...(ownOnly ? [asker] : []), ...people])]),
    status: failedOnly ? (['failed'] as const) : undefined,
  };
  return {
    from,
    to,
    ...(timeZone !== UTC && { timeZone }),
    where: Object.fromEntries(Object.entries(where).filter(([, some]) => some !== undefined)),
  };
}

function askedOf(reading: QuestionReading, people: readonly string[]): Asked {
  const { measures, by, ranking, comparedWith, carriedOver, notes } = reading;
  return {
    measures: [...measures],
    by: [...by],
    ...(ranking && { ranking }),
    ...(comparedWith && { comparedWith }),
    ...(people.length > 0 && { people: [...people] }),
    carriedOver: [...carriedOver],
    notes: [...notes],
    suggestions: [...suggestionsFor(reading)],
  };
}

function withNote(reading: QuestionReading, note: string | undefined): QuestionReading {
  return note === undefined ? reading : { ...reading, notes: [...reading.notes, note] };
}

/** Spending as a whole is in the summary, and savings are found by those who look for them. */
function needsBreakdown({ measures, by, comparedWith }: Asked): boolean {
  if (measures[0] === 'savings') return false;
  return by.length > 0 || comparedWith !== undefined || measures.some((measure) => measure !== 'spend');
}

function inQuestionWords({ measures, by, comparedWith }: Asked, zone = UTC): string {
  const dimensions = by.length === 0 ? '' : ` by ${by.join(' and ')}`;
  const other = comparedWith && daySpan(comparedWith.from, comparedWith.to, zone);
  const comparison = other === undefined ? '' : `, compared with ${other.first} to ${other.last}`;
  return `${measures.join(' and ')}${dimensions}${comparison}`;
}
