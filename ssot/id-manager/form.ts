import { ID_KINDS, type IdKind } from './kinds';

/** The 128 bits of a name: 26 characters, the first of them 0 to 7. */
export const SUFFIX = '[0-7][0-9a-hjkmnp-tv-z]{25}';
/** All zeros and all ones are spellings, not names. */
const RESERVED = '0{26}|7z{25}';

const entries = ID_KINDS.map((kind) => [kind, new RegExp(`^${kind}_(?!(?:${RESERVED})$)${SUFFIX}$`)] as const);

/** The one form of each kind. */
export const FORM = Object.fromEntries(entries) as Readonly<Record<IdKind, RegExp>>;

/** Of today's kinds; the longest spelling is that of a UUID as a URN, which deserves a better answer than its length. */
export const SHORTEST = 30;
export const LONGEST = 45;
