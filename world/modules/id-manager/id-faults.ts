/** What can be wrong with an id: the code that programs get and the end of the sentence that people read. */
export interface IdFault {
  readonly code: string;
  readonly reason: string;
}

export const ID_FAULTS: Readonly<Record<string, IdFault>> = {
  'a plain UUID': {
    code: 'id_bare_uuid',
    reason: 'this is a plain UUID, whose id is found with the migration that imported it.',
  },
  'the id of a run': { code: 'id_wrong_kind', reason: 'this is a run id.' },
  'the id of a thread': { code: 'id_wrong_kind', reason: 'this is a thread id.' },
  'the id of a person': { code: 'id_wrong_kind', reason: 'this is a user id.' },
  'of no known kind': { code: 'id_unknown_kind', reason: 'this does not begin with a known kind of id.' },
  'too short': { code: 'id_wrong_length', reason: 'this is too short.' },
  'not of 26 characters': {
    code: 'id_wrong_length',
    reason: 'this does not have 26 characters after the underscore.',
  },
  'not in small letters': {
    code: 'id_not_canonical',
    reason: 'only lower-case letters, digits and one underscore are allowed.',
  },
  misspelt: {
    code: 'id_not_canonical',
    reason: 'after the underscore come 0 to 7 and then digits and letters without i, l, o and u.',
  },
};
