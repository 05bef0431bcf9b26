import { ID_KINDS, type IdKind } from '../kinds';

/** The 128 bits of an id: 26 characters, the first of them 0 to 7. */
export const SUFFIX = '[0-7][0-9a-hjkmnp-tv-z]{25}';
/** All zeros and all ones are never given. */
const RESERVED = '0{26}|7z{25}';

const entries = ID_KINDS.map((kind) => [kind, new RegExp(`^${kind}_(?!(?:${RESERVED})$)${SUFFIX}$`)] as const);

/** The one valid form of each kind. */
export const ID_PATTERNS = Object.fromEntries(entries) as Readonly<Record<IdKind, RegExp>>;

/** Length of the shortest id of today's kinds. */
export const MIN_LENGTH = 30;
/** Length of a UUID as a URN: the longest text that is told more than that it is too long. */
export const MAX_LENGTH = 45;
