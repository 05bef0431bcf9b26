import type { Id } from '../kernel';

/** What can have a name. Closed: kind and prefix are one word, so that no kind can be mistaken for the start of another. */
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

/** Kinds that only this module speaks of by a name of their own; the platform's are the kernel's. */
export type RequestId = Id<'req'>;
export type MigrationId = Id<'mig'>;

/** How refusals speak of a kind. */
export const CALLED: Readonly<Record<IdKind, string>> = {
  tenant: 'a company',
  user: 'a person',
  session: 'a session',
  key: 'a key',
  thread: 'a thread',
  msg: 'a message',
  run: 'a run',
  event: 'an event',
  call: 'a tool call',
  ckpt: 'a checkpoint',
  conn: 'a connection',
  req: 'a request',
  agent: 'an agent',
  audit: 'an audit entry',
  cfg: 'a configuration',
  inst: 'an instance',
  mig: 'a migration',
};

const KNOWN: ReadonlySet<string> = new Set(ID_KINDS);

export function isKind(word: string): word is IdKind {
  return KNOWN.has(word);
}
