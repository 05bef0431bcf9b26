import { CucumberExpression, type Expression, type ParameterTypeRegistry } from '@cucumber/cucumber-expressions';

/** What a step may say, as its step definition has it. */
export interface Sentence {
  /** `{person} has signed in on a {device}` */
  readonly text: string;
  /** `step-definitions/identity.ts:41` */
  readonly place: string;
  readonly expression: Expression;
}

/** All sentences of a suite, and the words that stand for something in them. */
export interface Sentences {
  readonly all: readonly Sentence[];
  readonly parameterTypes: ParameterTypeRegistry;
}

/** What Cucumber knows once the step definitions are loaded; as much of it as sentences are made of. */
export interface StepLibrary {
  readonly stepDefinitions: readonly {
    readonly pattern: string | RegExp;
    readonly uri: string;
    readonly line: number;
    readonly expression: Expression;
  }[];
  readonly parameterTypeRegistry: ParameterTypeRegistry;
}

export function sentencesOf({ stepDefinitions, parameterTypeRegistry }: StepLibrary): Sentences {
  const all = stepDefinitions.map(({ pattern, uri, line, expression }) => ({
    text: typeof pattern === 'string' ? pattern : String(pattern),
    place: `${uri}:${line}`,
    expression,
  }));
  return { all, parameterTypes: parameterTypeRegistry };
}

export const fits = ({ expression }: Sentence, said: string): boolean => expression.match(said) !== null;

/** A word of a sentence that would fit if it were one of those that are known. */
export interface UnknownWord {
  readonly sentence: Sentence;
  /** `redy` */
  readonly word: string;
  /** `readiness` */
  readonly type: string;
  /** Every phrase that is known, where they can be listed. */
  readonly known: readonly string[];
}

/** The one word that keeps `said` from being this sentence; nothing when more does, or when nothing does. */
export function unknownWordIn(said: string, sentence: Sentence, types: ParameterTypeRegistry): UnknownWord | undefined {
  if (!(sentence.expression instanceof CucumberExpression)) return undefined;
  for (const { 0: braced, 1: type = '', index } of sentence.text.matchAll(/(?<!\\)\{([^}]+)\}/g)) {
    const text = `${sentence.text.slice(0, index)}{}${sentence.text.slice(index + braced.length)}`;
    const before = [...sentence.text.slice(0, index).matchAll(/(?<!\\)\{[^}]*\}/g)].length;
    const word = new CucumberExpression(text, types).match(said)?.[before]?.group.value;
    if (word === undefined || word === null) continue;
    return { sentence, word, type, known: phrasesOf(types.lookupByTypeName(type)?.regexpStrings ?? []) };
  }
  return undefined;
}

/** `ready` and `not ready` of `ready|not ready`; nothing of an expression that is no such list. */
function phrasesOf(expressions: readonly string[]): string[] {
  const phrases = expressions.flatMap((one) => one.split('|'));
  const plain = phrases.map((phrase) => phrase.replace(/\\(?=[^\w\s])/g, ''));
  return phrases.every((phrase) => !/(?<!\\)[.*+?^${}()[\]]|\\\w/.test(phrase)) ? plain : [];
}
