import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { parse } from '@cucumber/tag-expressions';
import type { Envelope } from '@cucumber/messages';
import { distance } from 'fastest-levenshtein';
import { DataFileRefused } from '../../reports/ledger/revenue-streams';
import { featureFiles } from '../../reports/model/features/feature-files';
import { withProse } from '../../reports/model/features/markdown';
import {
  judge,
  Observed,
  type Fault,
  type Judgement,
  type Mark,
  type Plan,
  type Verdict,
} from '../../ssot/test-runner';
import type { FeatureText } from '../lint/feature-text';
import { lintFeatures, sentenceOf } from '../lint/lint';
import { nearest, plainTags, readVocabulary, ruleIdsIn, TAG_FILE } from '../lint/vocabulary';
import { refusalOf } from '../sentences/refusal';
import type { Sentences } from '../sentences/sentence';
import type { Asked } from './command-line';
import { RunScope } from './run-scope';

/** Why a run must not even start: one sentence each, with the place and the way out. */
export interface Refusal {
  readonly verdict: Verdict;
  readonly sentences: readonly string[];
}

/** Follows one run from what was asked for to its verdict. */
export class Gate {
  readonly #root: string;
  readonly #asked: Asked;
  readonly #messages: Envelope[] = [];
  readonly #scope: RunScope;
  #selected: readonly string[] = [];
  #begun = false;
  #finished = false;

  constructor(root: string, asked: Asked) {
    this.#root = root;
    this.#asked = asked;
    this.#scope = new RunScope(root);
  }

  /** How many scenarios the run was to execute. */
  get selected(): number {
    return this.#selected.length;
  }

  /** A misspelt tag selects nothing and proves nothing; it is told before anything is loaded. */
  refuseSelection(): Refusal | undefined {
    return refusal('bad_usage', () => this.#asked.tags.flatMap((expression) => this.#checkExpression(expression)));
  }

  #checkExpression(expression: string): string[] {
    try {
      parse(expression);
    } catch (error) {
      return [`--tags "${expression}" cannot be read. ${(error as Error).message.split('\n').at(-1)}`];
    }
    const known = [...plainTags(readVocabulary(this.#root)), ...ruleIdsIn(this.#root)];
    const words = expression.split(/[\s()]+/).filter((word) => !['', 'and', 'or', 'not'].includes(word));
    return words
      .filter((word) => !known.includes(word))
      .map((word) => `--tags: ${word} is not a known tag. ${nearest(word, known)} The list is ${TAG_FILE}.`);
  }

  /** `paths`: files, folders and patterns, with or without lines. Cucumber passes over one that leads nowhere. */
  refusePaths(paths: readonly string[]): Refusal | undefined {
    const sentences = paths
      .map((path) => path.replace(/(:\d+)*$/, ''))
      .filter((path) => globSync(path, { cwd: this.#root }).length === 0)
      .map((path) => `${path} does not exist. ${this.#nearestPath(path)}`);
    return sentences.length > 0 ? { verdict: 'bad_usage', sentences } : undefined;
  }

  /** A file's own name counts most, so that a file is found in another folder too. */
  #nearestPath(path: string): string {
    const far = (one: string): number => distance(path, one) + 3 * distance(basename(path), basename(one));
    const [best] = featureFiles(this.#root)
      .flatMap((file) => [file, ...foldersOf(file)])
      .sort((a, b) => far(a) - far(b));
    return best === undefined ? 'There is no feature in features/ yet.' : `The nearest is ${best}.`;
  }

  /** `selected`: ids of the pickles that are about to run. Nothing has been started yet. */
  refuseSources(selected: readonly string[]): Refusal | undefined {
    this.#selected = selected;
    const { faults } = judge(
      this.#plan(),
      this.#messages.filter(({ parseError }) => parseError),
    );
    const unreadable = faults.filter(({ verdict }) => verdict === 'failed').map(faultSentence);
    if (unreadable.length > 0) return { verdict: 'failed', sentences: unreadable };
    return (
      refusal('bad_usage', () =>
        lintFeatures(this.#features(), readVocabulary(this.#root))
          .filter(({ hint }) => !hint)
          .map(sentenceOf),
      ) ??
      refusal('nothing_selected', () =>
        faults.filter(({ verdict }) => verdict === 'nothing_selected').map(faultSentence),
      )
    );
  }

  /** Each step that fits no sentence, by name, before anything is started for it. Ask `refuseSources` first. */
  refuseSteps(sentences: Sentences): Refusal | undefined {
    const run = new Observed(this.#messages);
    const refused = this.#selected.flatMap((id) => {
      const pickle = run.pickles.get(id);
      return (pickle?.steps ?? []).flatMap((step) => {
        const why = refusalOf(step.text, sentences);
        return pickle && why !== undefined ? [`${run.placeOfStep(pickle, step)}  ${why}`] : [];
      });
    });
    return refused.length > 0 ? { verdict: 'failed', sentences: [...new Set(refused)] } : undefined;
  }

  follow(message: Envelope): void {
    if (!message.attachment) this.#messages.push(message); // Evidence is large, and says nothing about the verdict.
    this.#scope.follow(message);
    this.#begun ||= message.testRunStarted !== undefined;
    this.#finished ||= message.testRunFinished !== undefined;
  }

  /** Nothing for a run that never began: what ended it has been said. Cucumber sets a status as its last act. */
  verdict(interrupted: boolean, hasStatus: boolean): Judgement | undefined {
    if (!this.#begun) return undefined;
    const marks: Mark[] = [];
    if (interrupted) marks.push('interrupted');
    else if (this.#finished && !hasStatus) marks.push('cut_short');
    return judge(this.#plan(), this.#messages, marks);
  }

  #plan(): Plan {
    const { dryRun, failFast } = this.#asked;
    return { scenarios: this.#selected, whole: this.#scope.isWhole(this.#selected.length), dryRun, failFast };
  }

  /** Those of the suite; a feature that lies elsewhere makes no promise to a customer. */
  #features(): FeatureText[] {
    const texts = new Map(this.#messages.flatMap(({ source }) => (source ? [[source.uri, source.data] as const] : [])));
    return this.#messages.flatMap(({ gherkinDocument: document }) => {
      const { uri = '' } = document ?? {};
      if (!document || !uri.startsWith('features/')) return [];
      const text = texts.get(uri) ?? '';
      return [{ uri, text, document: withProse(document, text) }];
    });
  }
}

/** `features/chat` and `features` of `features/chat/x.feature`. */
function foldersOf(file: string): string[] {
  const parts = file.split('/').slice(0, -1);
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
}

function refusal(verdict: Verdict, sentences: () => string[]): Refusal | undefined {
  try {
    const found = sentences();
    return found.length > 0 ? { verdict, sentences: found } : undefined;
  } catch (error) {
    if (error instanceof DataFileRefused) return { verdict, sentences: error.problems };
    throw error;
  }
}

/** `features/chat/x.feature:12  What is wrong. The way out.` */
export const faultSentence = ({ place, message }: Fault): string => (place === '' ? message : `${place}  ${message}`);
