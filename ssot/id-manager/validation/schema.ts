import { z, type ZodType } from 'zod';
import type { Id } from '../../kernel';
import { SUFFIX } from './form';
import type { IdKind } from '../kinds';
import { readId } from './read';

/**
 * `readId` as a zod schema, for HTTP, WebSocket and configuration boundaries. An issue carries the error code as
 * `params.code`; the published JSON Schema shows the pattern.
 */
export function idSchema<K extends IdKind>(kind: K): ZodType<Id<K>> {
  const schema = z
    .unknown()
    .superRefine((input, context) => {
      const read = readId(kind, input);
      if (!read.ok)
        context.addIssue({ code: 'custom', message: read.error.message, params: { code: read.error.code } });
    })
    .meta({ type: 'string', pattern: `^${kind}_${SUFFIX}$` });
  return schema as unknown as ZodType<Id<K>>;
}
