import { composeKey, keyPart, splitKey, type IdError, type Read } from '../ssot/id-manager';

type Parts = readonly [string, ...string[]];
export type LookAlikes = readonly [Parts, Parts];

/** Pairs of lists of parts that a careless join would confuse. */
export const LOOK_ALIKES: Readonly<Record<string, LookAlikes>> = {
  'a:b and c, or a and b:c': [
    ['a:b', 'c'],
    ['a', 'b:c'],
  ],
  '5% and 5%25': [['5%'], ['5%25']],
  'a:b and a%3Ab': [['a:b'], ['a%3Ab']],
  'a and a*': [['a'], ['a*']],
  'a and a with a line break': [['a'], ['a\n']],
  'é in one sign and in two': [['\u00e9'], ['e\u0301']],
  'ab and c, or a and bc': [
    ['ab', 'c'],
    ['a', 'bc'],
  ],
  "a.b and !'()~": [['a.b'], ["!'()~"]],
  'Az09_- and [?]': [['Az09_-'], ['[?]']],
};

/** Texts that cannot stand in a feature file as they are. */
const SPELLED: Readonly<Record<string, string>> = { '129 letters': 'x'.repeat(129), 'half an emoji': 'x\ud83d' };

/** Keys of several parts, as modules build them for stores they share. */
export class Keys {
  made: { parts: Parts; key: string }[] = [];

  make(...lists: readonly Parts[]): void {
    this.made.push(...lists.map((parts) => ({ parts, key: composeKey(parts) })));
  }

  async makeArbitrary(count: number): Promise<void> {
    const fc = await import('fast-check');
    const anySign = fc.nat({ max: 0x10f7ff }).map((n) => String.fromCodePoint(n < 0xd800 ? n : n + 0x800));
    const telling = fc.constantFrom(':', '%', '*', 'a', '3', 'A', '\n', ' ', '_', '-', '.');
    const part = fc.string({ unit: fc.oneof(anySign, telling), minLength: 1, maxLength: 12 });
    const lists = fc.sample(fc.tuple(part, fc.array(part, { maxLength: 3 })), count);
    this.make(...lists.map(([first, rest]): Parts => [first, ...rest]));
  }

  /** Keys that did not come apart into what they were made of. */
  get torn(): string[] {
    return this.made
      .filter(({ parts, key }) => {
        const split = splitKey(key);
        return !split.ok || JSON.stringify(split.value) !== JSON.stringify(parts);
      })
      .map(({ key }) => key);
  }

  get confused(): number {
    const lists = new Set(this.made.map(({ parts }) => JSON.stringify(parts)));
    return lists.size - new Set(this.made.map(({ key }) => key)).size;
  }

  /** Uses text as a part or as a whole key and says how it was answered. */
  use(thing: 'part' | 'key', spelled: string): Read<unknown> {
    const text = SPELLED[spelled] ?? spelled;
    if (thing === 'key') return splitKey(text);
    try {
      return { ok: true, value: keyPart(text) };
    } catch (refusal) {
      return { ok: false, error: refusal as IdError };
    }
  }
}
