import { SUFFIX } from './form';
import type { IdKind } from './kinds';

/**
 * Type and check of a column that holds names of one kind, for schema changes:
 * `thread_id ${idColumn('thread')} not null`. A check must name its column: `<kind>_id` unless given.
 */
export function idColumn(kind: IdKind, column = `${kind}_id`): string {
  return `text collate "C" check (${column} ~ '^${kind}_${SUFFIX}$')`;
}
