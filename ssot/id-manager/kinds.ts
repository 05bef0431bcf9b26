import type { Id } from '../kernel';

/** Everything that can have an id. Closed; each kind is one word, so that none can be mistaken for the start of another. */
export const ID_KINDS = [
  'tenant',
  'user',
  'session',
  'key',
  'thread',
  'msg',
  'run',
  'event',
  'call',
  'ckpt',
  'conn',
  'req',
  'agent',
  'audit',
  'cfg',
  'inst',
  'mig',
] as const;
export type IdKind = (typeof ID_KINDS)[number];

/** The id of a migration, which only this module speaks of; the ids of the platform are the kernel's. */
export type MigrationId = Id<'mig'>;

/** What error messages call the id of each kind. */
export const LABELS: Readonly<Record<IdKind, string>> = {
  tenant: 'a tenant id',
  user: 'a user id',
  session: 'a session id',
  key: 'a key id',
  thread: 'a thread id',
  msg: 'a message id',
  run: 'a run id',
  event: 'an event id',
  call: 'a tool call id',
  ckpt: 'a checkpoint id',
  conn: 'a connection id',
  req: 'a request id',
  agent: 'an agent id',
  audit: 'an audit entry id',
  cfg: 'a configuration id',
  inst: 'an instance id',
  mig: 'a migration id',
};

const KNOWN: ReadonlySet<string> = new Set(ID_KINDS);

export function isKind(word: string): word is IdKind {
  return KNOWN.has(word);
}
