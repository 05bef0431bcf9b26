import { TimeConversion } from '@cucumber/messages';
import type { Envelope, Feature, GherkinDocument, Pickle, TestCaseStarted, Timestamp } from '@cucumber/messages';
import { Query } from '@cucumber/query';
import { lossSentences } from '../../ssot/test-runner';
import { businessValueOf, takeApart } from './features/business-value';
import { featureFiles } from './features/feature-files';
import { withProse } from './features/markdown';
import { readMessages } from './messages';
import { readModuleTests, type ModuleTestRun } from './module-tests';
import { ModuleTestsOfRules } from './module-tests-of-rules';
import { readProofs, type Proofs } from './proofs';
import { RunFailures } from './run-failures';
import type { FeatureModel, RuleModel, RunModel, ScenarioModel } from './run-model';
import { ruleId, scenarioIdentity } from './scenario-identity';
import { scenarioModel } from './scenario-model';

export interface ModelSources {
  readonly proofs: Proofs;
  /** Counted where they ran on the commit of the run. */
  readonly moduleTests: ModuleTestRun | null;
  /** `features/chat/x.feature` of everything the repository promises; a run that left one out is not whole. */
  readonly featureFiles: readonly string[];
}

/** What the repository at `root` says beside the messages. */
export function sourcesOf(root = process.cwd()): ModelSources {
  return { proofs: readProofs(root), moduleTests: readModuleTests(root), featureFiles: featureFiles(root) };
}

/** The model of a recorded run: `reports/output/messages.ndjson`. */
export function readRun(path: string, root = process.cwd()): Promise<RunModel> {
  return buildModel(readMessages(path), sourcesOf(root));
}

/** Any conforming message stream becomes a model, a torn one too: it then says that it is partial. */
export async function buildModel(
  messages: AsyncIterable<Envelope> | Iterable<Envelope>,
  sources: ModelSources,
): Promise<RunModel> {
  const run = new RunInTheMaking();
  for await (const message of messages) run.add(message);
  return run.model(sources);
}

/** The same, fed message by message while the run goes on. */
export class RunInTheMaking {
  readonly #query = new Query();
  readonly #sources = new Map<string, string>();
  readonly #documents = new Map<string, GherkinDocument>();
  readonly #unreadable = new Set<string>();
  /** By pickle; the query itself forgets an attempt that was repeated. */
  readonly #attempts = new Map<string, TestCaseStarted[]>();
  readonly #failures = new RunFailures();

  add(message: Envelope): void {
    this.#query.update(message);
    this.#failures.add(message);
    if (message.testCaseStarted) {
      const pickle = this.#query.findPickleBy(message.testCaseStarted)?.id ?? '';
      this.#attempts.set(pickle, [...(this.#attempts.get(pickle) ?? []), message.testCaseStarted]);
    }
    if (message.source) this.#sources.set(message.source.uri, message.source.data);
    if (message.gherkinDocument?.uri) {
      const { uri } = message.gherkinDocument;
      this.#documents.set(uri, withProse(message.gherkinDocument, this.#sources.get(uri) ?? ''));
    }
    if (message.parseError?.source.uri) this.#unreadable.add(message.parseError.source.uri);
  }

  model(sources: ModelSources): RunModel {
    const query = this.#query;
    const commit = query.findMeta()?.ci?.git?.revision ?? null;
    const moduleTests = new ModuleTestsOfRules(sources.moduleTests, commit);
    const features = this.#features(sources.proofs, moduleTests);
    const rules = features.flatMap((feature) => feature.rules);
    const scenarios = rules.flatMap((rule) => rule.scenarios);
    const finished = query.findTestRunFinished();
    const duration = query.findTestRunDuration();
    const featuresNotRun = sources.featureFiles.filter(
      (path) => !this.#documents.has(path) && !this.#unreadable.has(path),
    );
    const partialBecause = this.#partialBecause(features, featuresNotRun.length, sources.featureFiles.length);
    const allPassed = scenarios.every(({ outcome }) => outcome === 'proven' || outcome === 'passed');
    const failures = [
      ...this.#failures.sentences(!allPassed || this.#unreadable.size > 0),
      ...moduleTests.failuresWithoutRule(featuresNotRun.length === 0),
    ];
    return {
      startedAt: moment(query.findTestRunStarted()?.timestamp ?? { seconds: 0, nanos: 0 }),
      finishedAt: moment(finished?.timestamp),
      wallMs: duration ? TimeConversion.durationToMilliseconds(duration) : 0,
      workerMs: scenarios.flatMap(({ attempts }) => attempts).reduce((sum, { durationMs }) => sum + durationMs, 0),
      success:
        finished?.success === true &&
        allPassed &&
        failures.length === 0 &&
        rules.every((rule) => rule.moduleTests.failed.length === 0),
      failures,
      moduleTests: moduleTests.summary(),
      whole: partialBecause.length === 0,
      partialBecause,
      featuresNotRun: featuresNotRun.sort(),
      commit,
      tools: this.#tools(),
      features,
    };
  }

  #features(proofs: Proofs, moduleTests: ModuleTestsOfRules): FeatureModel[] {
    const pickles = Map.groupBy(this.#query.findAllPickles(), ({ uri }) => uri);
    return [...this.#documents.values()]
      .sort((a, b) => ((a.uri ?? '') < (b.uri ?? '') ? -1 : 1))
      .flatMap((document) => {
        const { feature, uri = '' } = document;
        if (!feature) return [];
        const description = takeApart(feature.description);
        return {
          uri,
          name: feature.name,
          description: description.prose,
          businessValue: businessValueOf(description),
          tags: feature.tags.map(({ name }) => name),
          rules: this.#rules(document, feature, pickles.get(uri) ?? [], proofs).map((rule) => ({
            ...rule,
            moduleTests: moduleTests.of(rule.id),
          })),
        };
      });
  }

  #rules(
    document: GherkinDocument,
    feature: Feature,
    pickles: readonly Pickle[],
    proofs: Proofs,
  ): Omit<RuleModel, 'moduleTests'>[] {
    const uri = document.uri ?? '';
    const without = feature.children.flatMap(({ scenario }) => scenario?.id ?? []);
    const groups = [
      ...(without.length > 0 ? [{ id: uri, name: feature.name, description: '', scenarios: without }] : []),
      ...feature.children.flatMap(({ rule }) =>
        rule
          ? {
              id: ruleId(rule) ?? uri,
              name: rule.name,
              description: rule.description.trim(),
              scenarios: rule.children.flatMap(({ scenario }) => scenario?.id ?? []),
            }
          : [],
      ),
    ];
    return groups.map(({ scenarios: ids, ...rule }) => {
      const own = pickles.filter(({ astNodeIds: [id] }) => id !== undefined && ids.includes(id));
      const scenarios: ScenarioModel[] = [];
      const notRun: string[] = [];
      for (const pickle of own) {
        const identity = scenarioIdentity(pickle, document);
        const attempts = this.#attempts.get(pickle.id);
        if (attempts) scenarios.push(scenarioModel(this.#query, pickle, identity, attempts, proofs));
        else notRun.push(identity.key);
      }
      return { ...rule, scenarios, notRun };
    });
  }

  #tools(): RunModel['tools'] {
    const { implementation, runtime, os } = this.#query.findMeta() ?? {};
    return [implementation, runtime, os].flatMap((tool) =>
      tool ? { name: tool.name, version: tool.version ?? '' } : [],
    );
  }

  #partialBecause(features: readonly FeatureModel[], missing: number, files: number): string[] {
    const rules = features.flatMap((feature) => feature.rules);
    const ran = rules.flatMap(({ scenarios }) => scenarios);
    const notRun = rules.reduce((sum, rule) => sum + rule.notRun.length, 0);
    const skipped = ran.filter(
      ({ outcome, attempts }) => outcome === 'blocked' && attempts.at(-1)?.status === 'SKIPPED',
    );
    const cutOff = ran.filter(
      ({ outcome, attempts }) => outcome === 'blocked' && attempts.at(-1)?.status === 'UNKNOWN',
    );
    const reasons: (string | false)[] = [
      ran.length === 0 && 'No scenario ran.',
      missing > 0 && `${missing} of ${files} feature files ${missing === 1 ? 'was' : 'were'} not part of it.`,
      notRun > 0 && `${notRun} of ${notRun + ran.length} scenarios in its files did not run.`,
      this.#unreadable.size > 0 && `Not readable: ${[...this.#unreadable].join(', ')}.`,
      skipped.length > 0 &&
        `${skipped.length} of ${ran.length} scenarios ${skipped.length === 1 ? 'was' : 'were'} skipped.`,
      ...lossSentences(ran.map(({ attempts }) => attempts.at(-1)?.lostServices ?? [])),
      cutOff.length > 0 && `${cutOff.length} ${cutOff.length === 1 ? 'scenario' : 'scenarios'} did not come to an end.`,
      !this.#query.findTestRunFinished() && 'The run did not come to its end.',
    ];
    return reasons.filter((reason) => reason !== false);
  }
}

function moment(timestamp: Timestamp): string;
function moment(timestamp: Timestamp | undefined): string | null;
function moment(timestamp: Timestamp | undefined): string | null {
  return timestamp ? new Date(TimeConversion.timestampToMillisecondsSinceEpoch(timestamp)).toISOString() : null;
}
