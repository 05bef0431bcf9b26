import type { IdKind } from '../ssot/id-manager';

/** What each kind of thing is called in a sentence. */
export const THINGS = {
  'a company': 'tenant',
  'a person': 'user',
  'a session': 'session',
  'a key': 'key',
  'a thread': 'thread',
  'a message': 'msg',
  'a run': 'run',
  'an event': 'event',
  'a tool call': 'call',
  'a checkpoint': 'ckpt',
  'a connection': 'conn',
  'a request': 'req',
  'an agent': 'agent',
  'an audit entry': 'audit',
  'a configuration': 'cfg',
  'an instance': 'inst',
  'a migration': 'mig',
} as const satisfies Record<string, IdKind>;
export type Thing = keyof typeof THINGS;

/** The published example of a UUIDv7 and its 26 characters. */
const UUID = '01890a5d-ac96-774b-bcce-b302099a8057';
const SUFFIX = '01h455vb4pex5vsknk084sn02q';
const NAME = `thread_${SUFFIX}`;
const DIGITS = UUID.replaceAll('-', '');
const ZEROS = '00000000-0000-0000-0000-000000000000';
const ONES = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** What comes in at a door, by the words a sentence uses for it. */
export const INCOMING: Readonly<Record<string, unknown>> = {
  'empty text': '',
  'the number 42': 42,
  nothing: undefined,
  'a list with a name': [NAME],
  'a name with a line break at the end': `${NAME}\n`,
  'a name with a blank in front': ` ${NAME}`,
  'a name in capitals': NAME.toUpperCase(),
  'a name with the letter l': NAME.replace(/q$/, 'l'),
  'a name with the letter l and a zero at the end': NAME.replace(/2q$/, 'l0'),
  'a name with the letter u': NAME.replace(/q$/, 'u'),
  'a name of 25 characters': NAME.slice(0, -1),
  'a name of 27 characters': `${NAME}0`,
  'a name whose first character is 8': `thread_8${SUFFIX.slice(1)}`,
  'a name in full-width digits': NAME.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
  'a name with a hidden zero byte': `thread_\0${SUFFIX.slice(1)}`,
  'a path to the password file': '../../../../../../../etc/passwd',
  'a database command': "thread'; drop table thread; --    ",
  'a name of all zeros': `thread_${'0'.repeat(26)}`,
  'a name of all ones': `thread_7${'z'.repeat(25)}`,
  'text of 29 characters': 'x'.repeat(29),
  'text of 30 characters': 'x'.repeat(30),
  'text of 45 characters': 'x'.repeat(45),
  'text of 46 characters': 'x'.repeat(46),
  'a name with a second underscore': `thread__${SUFFIX.slice(1)}`,
  'a name of all zeros and a one': `thread_${'0'.repeat(26)}1`,
  'a longer text that ends with a name': `my${NAME}`,
  'the name of a run': `run_${SUFFIX}`,
  'the name of a person': `user_${SUFFIX}`,
  'the name of a thread': NAME,
  'a name of "threads"': `threads_${SUFFIX}`,
  'a UUID with hyphens': UUID,
  'a UUID in braces': `{${UUID}}`,
  'a UUID as a URN': `urn:uuid:${UUID}`,
  'a UUID without hyphens': DIGITS,
  'a UUID in capitals': UUID.toUpperCase(),
  'a UUID with text in front': `x${UUID}`,
  'a UUID with text behind': `${UUID}x`,
  'a UUID without hyphens with text in front': `x${DIGITS}`,
  'a UUID without hyphens with text behind': `${DIGITS}x`,
  'a UUID in braces with text behind': `{${UUID}}x`,
  'a UUID one digit short': UUID.slice(0, -1),
  'a UUID with a line break at the end': `${UUID}\n`,
  'a UUID with a blank in front': ` ${UUID}`,
  'a UUID of all zeros': ZEROS,
  'a UUID of all ones': ONES,
  'a UUID of all ones in capitals': ONES.toUpperCase(),
  'a UUID of all zeros with text behind': `${ZEROS}x`,
  'a UUID of all zeros with text in front': `x${ZEROS}`,
  'a UUID of version 0': UUID.replace('-7', '-0'),
  'a UUID of version 9': UUID.replace('-7', '-9'),
  'a UUID of another variant': UUID.replace('-b', '-c'),
};
