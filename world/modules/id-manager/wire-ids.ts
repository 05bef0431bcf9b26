const FORM = /^(tenant|user|session|thread|run|event|call|conn)_[0-7][0-9a-hjkmnp-tv-z]{25}$/;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;
/** The kind of id in each field of the public contract; an event's own id stands in `id`. */
const KIND_OF: Readonly<Record<string, string>> = {
  tenantId: 'tenant',
  userId: 'user',
  sessionId: 'session',
  threadId: 'thread',
  runId: 'run',
  callId: 'call',
  connectionId: 'conn',
  id: 'event',
};

/** The ids in an answer or message: which kinds there are, and what is not of the documented form. */
export interface FoundIds {
  readonly kinds: readonly string[];
  readonly malformed: readonly string[];
}

export function idsIn(value: unknown): FoundIds {
  const kinds = new Set<string>();
  const malformed: string[] = [];
  visit(value, '', (field, text) => {
    const kind = KIND_OF[field];
    if (kind === undefined) {
      if (UUID.test(text)) malformed.push(`${field}: a UUID`);
      return;
    }
    if (!FORM.test(text) || !text.startsWith(`${kind}_`)) malformed.push(`${field}: ${text}`);
    kinds.add(kind);
  });
  return { kinds: [...kinds].sort(), malformed };
}

function visit(value: unknown, field: string, see: (field: string, text: string) => void): void {
  if (typeof value === 'string') see(field, value);
  else if (Array.isArray(value)) for (const item of value) visit(item, field, see);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) visit(item, name, see);
  }
}
