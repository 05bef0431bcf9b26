import { z, type ZodType } from 'zod';
import type { Id } from '../kernel';
import { SUFFIX } from './form';
import type { IdKind } from './kinds';
import { readId } from './read';

/**
 * The same check for schemas of HTTP, socket and configuration boundaries. The issue carries the refusal's code as
 * `params.code`; the published schema shows the form.
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
