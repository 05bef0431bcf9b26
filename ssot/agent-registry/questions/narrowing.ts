import { LEAST, MOST } from './dimensions';
import { inSmallLetters, wholeWords, type RemainingText } from './remaining-text';

/** Names that a question may hold without saying what they are: those of the price list, and features of the company's own. */
export interface KnownNames {
  readonly models: readonly string[];
  readonly providers: readonly string[];
  readonly features: readonly string[];
  /** Colleagues by what they are called: the ids of all who are. */
  readonly people: ReadonlyMap<string, readonly string[]>;
}

export const NARROWED = ['model', 'provider', 'feature'] as const;
export type Narrowed = (typeof NARROWED)[number];

/** What a question is narrowed to. An empty list means all of them again. */
export type Narrowing = { readonly [N in Narrowed]?: readonly string[] };

export interface ReadNarrowing {
  readonly to: Narrowing;
  /** Ids of named colleagues; an empty list means everybody again. */
  readonly people?: readonly string[];
  /** What was to be left out, in the asker's words: nothing can be left out yet, so it must be said. */
  readonly leftOut: readonly string[];
  /** Names in quotes that nobody can tell to be a model's or a feature's. */
  readonly unclear: readonly string[];
}

const NOUNS: Readonly<Record<Narrowed, string>> = {
  model: 'models?|llms?',
  provider: 'providers?|vendors?',
  feature: 'features?',
};
const QUOTED = '["“”„\'‘’][^"“”„\'‘’]{1,128}["“”\'‘’]';
/** Before "all models" and "all people" it asks for a row each, not for all of them together. */
const LISTED = '(?:across|among|compare|list|rank)';
const EVERYBODY = wholeWords(
  `(?<!${LISTED} )(?:all (?:of )?(?:the |our )?(?:people|persons|users|colleagues|employees)|(?:for|of|by) (?:everybody|everyone)|(?:everybody|everyone)(?= again))(?! by (?:calls?|costs?|money|requests?|spend(?:ing)?|tokens?|usage))`,
);
/** "Hello Ravi" and "this is Ravi" ask for nobody's calls. */
const NOT_ADDRESSED = "(?<!(?:hi|hello|hey|dear|thanks|thank you|i'm|i am|this is),? )";
const AND = '(?: ?(?:,|and|or|&|, and) ?)';
const EXCEPT = '(?:without|except(?: for)?|excluding|other than|besides|apart from|but not|not counting|not)';
/** "Which feature wastes most" and "each feature used" name no feature. */
const NO_SINGLE_NAME = 'which|what|each|every|per|by|one|a|this|that|any|single|expensive|cheapest|most|least|used';
/** What stands before or after a noun and is no name. */
const NO_NAMES = `${MOST}|${LEAST}|${(
  'a all an and any are as at by call calls called cheap compared cost costs did do does each every expensive failed for from ' +
  'how has have had in is it its last many much my new of on one only or our over pay per same single slow slower smaller some spend spending ' +
  'tokens than that the their these this those to two uses use used was we were what when where which with without you your make makes made save savings usage ' +
  'prices price priced breakdown split ranking comparison'
).replaceAll(' ', '|')}`;

/** Takes names of models, providers and features out of the text; `original` is the same text as it was written. */
export function takeNarrowing(text: RemainingText, original: string, known: KnownNames): ReadNarrowing {
  const to: { [N in Narrowed]?: readonly string[] } = {};
  const add = (what: Narrowed, ...some: readonly string[]): void => {
    to[what] = [...new Set([...(to[what] ?? []), ...some])];
  };
  /** As it was written, since names of the asker's own may be in capitals. */
  const written = ({ index, 0: words }: RegExpExecArray): string => original.slice(index, index + words.length);
  const quotedIn = (words: string): readonly string[] =>
    [...words.matchAll(new RegExp(QUOTED, 'g'))].map(([quoted]) => quoted.slice(1, -1));

  const leftOut = text.takeAll(leavingOut(known.providers)).map(([words]) => words);
  for (const what of NARROWED) {
    const noun = `(?:${NOUNS[what]})`;
    const named = new RegExp(
      `(?<![\\w-])(?:${noun} ${QUOTED}(?:${AND}${QUOTED})*|(?:the |our )?${QUOTED} ${noun}(?![\\w-]))`,
    );
    for (const found of text.takeAll(named)) add(what, ...quotedIn(written(found)));
    if (text.takeAll(wholeWords(`(?<!${LISTED} )all (?:of )?(?:the |our )?${noun}(?! (?:by|per))`)).length > 0)
      to[what] ??= [];
  }
  for (const name of known.models) if (text.takeAll(bare(name)).length > 0) add('model', name);
  for (const family of familiesOf(known.models)) {
    if (text.takeAll(bare(family)).length > 0)
      add('model', ...known.models.filter((name) => name.startsWith(`${family}-`)));
  }
  for (const name of known.providers) if (text.takeAll(bare(name)).length > 0) add('provider', name);
  // "Live chat" before "chat".
  for (const name of [...known.features].sort((a, b) => b.length - a.length)) {
    if (text.takeAll(bare(name, inWords)).length > 0) add('feature', name);
  }
  const people = takePeople(text, known.people);
  const unclear = text.takeAll(/["“][^"”]{1,128}["”]/).flatMap((found) => quotedIn(written(found)));
  for (const what of ['feature', 'model'] as const) {
    for (const source of unquoted(what)) {
      const found = text.take(wholeWords(source));
      if (found !== undefined) add(what, nameIn(written(found)));
    }
  }
  return { to, ...(people && { people }), leftOut, unclear };
}

/** "Ravi", "Ravi and Mia Berg", "Ravi's". */
function takePeople(text: RemainingText, known: KnownNames['people']): readonly string[] | undefined {
  const isEverybody = text.takeAll(EVERYBODY).length > 0;
  const named = [...known]
    .sort(([one], [other]) => other.length - one.length)
    .flatMap(([name, ids]) => (text.takeAll(new RegExp(NOT_ADDRESSED + bare(name).source, 'i')).length > 0 ? ids : []));
  return named.length > 0 ? [...new Set(named)] : isEverybody ? [] : undefined;
}

/** "without model "large"", "except gpt-4o", "but not OpenAI". */
function leavingOut(providers: readonly string[]): RegExp {
  const nouns = Object.values(NOUNS).join('|');
  const names = [`${QUOTED}(?:${AND}${QUOTED})*`, '[\\w.]+-[\\w.-]+', ...providers.map(escaped)].join('|');
  return new RegExp(`(?<![\\w-])${EXCEPT} (?:the |our )?(?:(?:${nouns}) )?(?:${names})`);
}

/** Sources of patterns: "feature chat", "the chat feature", "model my-own-7b". */
function unquoted(what: 'feature' | 'model'): readonly string[] {
  // A model is only taken for a name when it looks like one: it has a digit or a dash.
  const word = what === 'model' ? '(?=[\\w.:/-]*[\\d-])[\\w.:/-]*\\w' : `(?!(?:${NO_NAMES})(?![\\w-]))[a-z][\\w-]*\\w`;
  return [`(?:the|our|for|of|in|from) (?:the |our )?${word} ${what}`, `(?<!(?:${NO_SINGLE_NAME}) )${what} ${word}`];
}

/** What stands beside the noun. */
function nameIn(words: string): string {
  return words.replace(/ (?:feature|model)/i, '').replace(/.* /, '');
}

/** "claude" of "claude-3-5-sonnet". */
function familiesOf(models: readonly string[]): readonly string[] {
  return [...new Set(models.map((name) => name.replace(/-.*/, '')))].filter((family) => family.length > 2);
}

/** With or without the noun beside it. */
function bare(name: string, spelt: (name: string) => string = escaped): RegExp {
  return new RegExp(
    `(?<![\\w.-])(?:(?:models?|providers?|vendors?|features?) )?${spelt(inSmallLetters(name))}(?:'s)?(?: (?:models?|features?))?(?![\\w-]|\\.\\d)`,
  );
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** "support-assistant" is also called "support assistant". */
function inWords(name: string): string {
  return escaped(name).replace(/[-_ ]/g, '[-_ ]');
}
