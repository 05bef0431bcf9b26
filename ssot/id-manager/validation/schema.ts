import { z, type ZodType } from 'zod';
import type { Id } from '../../kernel';
import { SUFFIX } from './form';
import type { IdKind } from '../kinds';
import { readId } from './read';

/**
 * `readId` as a zod schema, for HTTP, WebSocket and configuration boundaries. An issue says what is wrong, in words that follow the
 * name of its place, and carries the error code as `params.code`; the published JSON Schema shows the pattern.
 */
export function idSchema<K extends IdKind>(kind: K): ZodType<Id<K>> {
  const schema = z
    .unknown()
    .superRefine((input, context) => {
      const read = readId(kind, input);
      if (read.ok) return;
      const { code, message } = read.error;
      context.addIssue({ code: 'custom', message: withoutSubject(message), params: { code } });
    })
    .meta({ type: 'string', pattern: `^${kind}_${SUFFIX}$` });
  return schema as unknown as ZodType<Id<K>>;
}

/** The place may have another name than the id: a thread id may be asked for as "before". */
function withoutSubject(sentence: string): string {
  return sentence.replace(/^"\w+" /, '');
}
