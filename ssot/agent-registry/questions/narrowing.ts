import { inSmallLetters, type RemainingText } from './remaining-text';

/** Names that a question may hold without saying what they are: those of the price list, and features of the company's own. */
export interface KnownNames {
  readonly models: readonly string[];
  readonly providers: readonly string[];
  readonly features?: readonly string[];
  /** Colleagues by what they are called: the ids of all who are. */
  readonly people?: ReadonlyMap<string, readonly string[]>;
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
const QUOTED = '["“”„\'‘’]([^"“”„\'‘’]{1,128})["“”\'‘’]';
const EVERYBODY =
  /(?<![\w-])(?<!(?:across|among|compare|list|rank) )(?:all (?:of )?(?:the |our )?(?:people|persons|users|colleagues|employees)|(?:for|of|by) (?:everybody|everyone)|(?:everybody|everyone)(?= again(?![\w-])))(?![\w-])(?! by (?:calls?|costs?|money|requests?|spend(?:ing)?|tokens?|usage)(?![\w-]))/;
/** "Hello Ravi" and "this is Ravi" ask for nobody's calls. */
const NOT_ADDRESSED = "(?<!(?:hi|hello|hey|dear|thanks|thank you|i'm|i am|this is),? )";
const AND = '(?:\\s*(?:,|and|or|&|, and)\\s*)';
const EXCEPT = '(?:without|except(?: for)?|excluding|other than|besides|apart from|but not|not counting|not)';
/** "Which feature wastes most" and "each feature used" name no feature. */
const NO_SINGLE_NAME = 'which|what|each|every|per|by|one|a|this|that|any|single|expensive|cheapest|most|least|used';
/** What stands before or after a noun and is no name. */
const NO_NAMES = new Set(
  (
    'a all an and any are as at best biggest busiest by call calls called cheap cheapest compared cost costs did do does each every expensive failed fastest for from ' +
    'how has have had in is it its largest last least main many most much my new of on one only or our over pay per same single slow slowest smaller some spend spending ' +
    'tokens than that the their these this those to top two uses use used was we were what when where which with without you your make makes made save savings usage ' +
    'prices price priced breakdown split ranking comparison'
  ).split(' '),
);

/** Takes names of models, providers and features out of the text; `original` is the same text as it was written. */
export function takeNarrowing(text: RemainingText, original: string, known: KnownNames): ReadNarrowing {
  const names: Record<Narrowed, string[] | undefined> = { model: undefined, provider: undefined, feature: undefined };
  const leftOut: string[] = [];
  const add = (what: Narrowed, ...some: readonly string[]): void => {
    names[what] = [...new Set([...(names[what] ?? []), ...some])];
  };
  /** As it was written, since names of the asker's own may be in capitals. */
  const written = (found: RegExpExecArray, group: string): string => {
    const at = found.index + found[0].indexOf(group);
    return original.slice(at, at + group.length);
  };
  for (const { 0: words } of text.takeAll(
    new RegExp(
      `(?<![\\w-])${EXCEPT} (?:the |our )?(?:(?:${Object.values(NOUNS).join('|')})\\s+)?(?:${QUOTED}(?:${AND}${QUOTED})*|[\\w.]+-[\\w.-]+${known.providers.length > 0 ? `|${known.providers.map(escaped).join('|')}` : ''})`,
    ),
  )) {
    leftOut.push(words);
  }
  for (const what of NARROWED) {
    for (const found of text.takeAll(new RegExp(`(?<![\\w-])(?:${NOUNS[what]})\\s+(${QUOTED}(?:${AND}${QUOTED})*)`))) {
      const list = written(found, found[1] ?? '');
      add(what, ...[...list.matchAll(new RegExp(QUOTED, 'g'))].map(([, name = '']) => name));
    }
    for (const found of text.takeAll(
      new RegExp(`(?<![\\w-])(?:the |our )?${QUOTED}\\s+(?:${NOUNS[what]})(?![\\w-])`),
    )) {
      add(what, written(found, found[1] ?? ''));
    }
    if (
      text.takeAll(
        new RegExp(`(?<![\\w-])all\\s+(?:of\\s+)?(?:the\\s+|our\\s+)?(?:${NOUNS[what]})(?![\\w-])(?!\\s+(?:by|per))`),
      ).length > 0
    )
      names[what] ??= [];
  }
  for (const name of [...known.models].sort((a, b) => b.length - a.length)) {
    if (text.takeAll(bare(name)).length > 0) add('model', name);
  }
  for (const family of familiesOf(known.models)) {
    if (text.takeAll(bare(family)).length > 0)
      add('model', ...known.models.filter((name) => name.startsWith(`${family}-`)));
  }
  for (const name of known.providers) if (text.takeAll(bare(name)).length > 0) add('provider', name);
  for (const name of [...(known.features ?? [])].sort((a, b) => b.length - a.length)) {
    if (text.takeAll(bare(name, inWords)).length > 0) add('feature', name);
  }
  const people = takePeople(text, known.people ?? new Map<string, readonly string[]>());
  const unclear = text.takeAll(/["“]([^"”]{1,128})["”]/).map((found) => written(found, found[1] ?? ''));
  takeUnquoted(text, (what, found, group) => add(what, written(found, group)));
  return {
    to: Object.fromEntries(Object.entries(names).filter(([, some]) => some !== undefined)),
    ...(people && { people }),
    leftOut,
    unclear,
  };
}

/** "Ravi", "Ravi and Mia Berg", "Ravi's". */
function takePeople(text: RemainingText, known: NonNullable<KnownNames['people']>): readonly string[] | undefined {
  const isEverybody = text.takeAll(EVERYBODY).length > 0;
  const named = [...known]
    .sort(([one], [other]) => other.length - one.length)
    .flatMap(([name, ids]) => (text.takeAll(new RegExp(NOT_ADDRESSED + bare(name).source, 'i')).length > 0 ? ids : []));
  return named.length > 0 ? [...new Set(named)] : isEverybody ? [] : undefined;
}

/** "feature chat", "the chat feature", "model my-own-7b". */
function takeUnquoted(text: RemainingText, add: (what: Narrowed, found: RegExpExecArray, name: string) => void): void {
  for (const what of ['feature', 'model'] as const) {
    // A model is only taken for a name when it looks like one: it has a digit or a dash.
    const word = what === 'model' ? '(?=[\\w.:/-]*[\\d-])[\\w.:/-]*\\w' : '[a-z][\\w-]*\\w';
    const sources = [
      `(?:the|our|for|of|in|from) (?:the |our )?(${word}) ${what}`,
      `(?<!(?:${NO_SINGLE_NAME}) )${what} (${word})`,
    ];
    for (const source of sources) {
      const found = text.find(new RegExp(`(?<![\\w-])(?:${source})(?![\\w-])`));
      const name = found?.[1];
      if (found === undefined || name === undefined || NO_NAMES.has(name)) continue;
      text.take(new RegExp(`(?<![\\w-])(?:${source})(?![\\w-])`));
      add(what, found, name);
    }
  }
}

/** "claude" of "claude-3-5-sonnet". */
function familiesOf(models: readonly string[]): readonly string[] {
  return [...new Set(models.map((name) => name.split('-')[0] ?? name))].filter(
    (family) => family.length > 2 && !models.includes(family),
  );
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
