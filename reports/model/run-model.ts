/** What a run of the suite was, in the terms of its readers. Built from Cucumber's message stream alone. */

/** Outcomes of one scenario, gravest last; `proven` is a pass that also caught an injected defect since it last changed. */
export type Outcome = 'proven' | 'passed' | 'flaky' | 'blocked' | 'failed';

/** The closed form of a feature's "Business value:" block. */
export interface BusinessValue {
  readonly segment: readonly string[];
  readonly goal: string;
  readonly impact: string;
  /** Key of `features/revenue-streams.yaml`. */
  readonly revenue: string;
}

export interface StepModel {
  readonly keyword: string;
  readonly text: string;
  readonly table?: readonly (readonly string[])[];
  readonly docString?: string;
  readonly status: string;
  readonly durationMs: number;
  readonly error?: string;
  /** `step-definitions/chat.ts:12` of the code behind the sentence. */
  readonly definition?: string;
}

export interface AttachmentModel {
  readonly mediaType: string;
  readonly body: string;
  readonly encoding: 'BASE64' | 'IDENTITY';
  readonly fileName?: string;
}

export interface AttemptModel {
  readonly status: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly hooksMs: number;
  readonly steps: readonly StepModel[];
  readonly attachments: readonly AttachmentModel[];
  readonly error?: string;
  /** Services whose loss in the middle of the run is the reason for a failure. */
  readonly lostServices?: readonly string[];
  readonly worker: string;
}

export interface ScenarioModel {
  /** Rule id, name and, in an outline, the value of the `case` column: `ID-04 / Hostile spellings are refused / empty`. */
  readonly key: string;
  /** Without the case. */
  readonly name: string;
  readonly case?: string;
  /** `features/chat/live-delivery.feature:31` */
  readonly location: string;
  readonly tags: readonly string[];
  readonly outcome: Outcome;
  readonly attempts: readonly AttemptModel[];
  /** Of its rule, sentences and values: a reworded scenario must be proven anew. */
  readonly meaning: string;
  readonly caught?: ProofOfScenario;
}

/** The defects a scenario noticed when they were injected. */
export interface ProofOfScenario {
  readonly systemMutants: number;
  readonly specificationMutants: number;
  readonly realisticDefects: number;
  readonly examples: readonly string[];
}

export interface RuleModel {
  /** `WS-05`; the file's path where scenarios have no rule, or the rule no id. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Those that ran, in the order of the feature. */
  readonly scenarios: readonly ScenarioModel[];
  /** Keys of those that were not selected, or that an aborted run never reached. */
  readonly notRun: readonly string[];
  readonly moduleTests: ModuleTestsOfRule;
}

/** The module tests whose titles begin with the rule's id. They add to a rule's examples, and never stand for them. */
export interface ModuleTestsOfRule {
  readonly passed: number;
  readonly skipped: number;
  readonly failed: readonly { readonly title: string; readonly file: string; readonly error?: string }[];
}

export interface FeatureModel {
  readonly uri: string;
  readonly name: string;
  /** Prose above the business value block. */
  readonly description: string;
  readonly businessValue: BusinessValue | null;
  readonly tags: readonly string[];
  readonly rules: readonly RuleModel[];
}

export interface RunModel {
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly wallMs: number;
  /** Summed durations of all attempts over all workers. */
  readonly workerMs: number;
  /** Finished, nothing failed, nothing was skipped, and nothing needed a second attempt. */
  readonly success: boolean;
  /** What failed around the scenarios: hooks of the run, the run itself, module tests under no rule. One sentence each. */
  readonly failures: readonly string[];
  /** The last run of all module tests; null when they were not run on this commit. */
  readonly moduleTests: { readonly startedAt: string; readonly tests: number; readonly failed: number } | null;
  /** Every scenario of the repository was selected and has a final result. */
  readonly whole: boolean;
  /** One sentence for each reason why it is not. */
  readonly partialBecause: readonly string[];
  /** Feature files of the repository that were not part of the run. */
  readonly featuresNotRun: readonly string[];
  /** The full hash, followed by ` with uncommitted changes` where the files were not those of the commit. */
  readonly commit: string | null;
  readonly tools: readonly { readonly name: string; readonly version: string }[];
  readonly features: readonly FeatureModel[];
}
