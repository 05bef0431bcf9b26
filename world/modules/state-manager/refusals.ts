import { StateError } from '../../../ssot/state-manager';

/** What a person is told: the code that programs get, and words of the sentence that people read. */
export interface StateRefusal {
  readonly code: string;
  readonly says: string;
}

export const STATE_REFUSALS: Readonly<Record<string, StateRefusal>> = {
  'somebody else changed it': { code: 'state_conflict', says: 'was changed by somebody else; nothing was written' },
  'too many others change it at once': {
    code: 'state_contended',
    says: 'too many others at once; nothing was written',
  },
  'the note is too long': { code: 'state_too_large', says: 'at most 262144 are allowed. Nothing was written' },
  'a newer release has written it': { code: 'state_shape_mismatch', says: 'it was written by a newer release' },
  'that needs the right "settings:write"': { code: 'state_forbidden', says: 'needs the permission "settings:write"' },
  'that needs the right "people:manage"': { code: 'state_forbidden', says: 'needs the permission "people:manage"' },
  "the company's quota is used up": { code: 'state_quota_exceeded', says: 'The tenant has used up its quota' },
  'Redis is out of memory': { code: 'state_out_of_memory', says: 'Redis is out of memory; nothing was written' },
  'Redis cannot be reached': { code: 'state_hot_unavailable', says: 'Redis cannot be reached' },
  'PostgreSQL cannot be reached': { code: 'state_durable_unavailable', says: 'PostgreSQL cannot be reached' },
  'what stands there is damaged': { code: 'state_corrupted', says: 'is damaged' },
  'she was erased': { code: 'state_erased', says: 'This user was erased' },
  'the name of the thread is empty': { code: 'state_invalid_key', says: 'id must have 1 to 128 characters' },
};

/** Only what a caller is told counts as a refusal; everything else is a failure of the scenario. */
export function asRefusal(error: unknown): StateError {
  if (!(error instanceof StateError)) throw error;
  return error;
}
