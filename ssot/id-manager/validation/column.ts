import type { IdKind } from '../kinds';

/**
 * SQL type and check constraint of a column that holds ids of one kind, for schema changes:
 * `thread_id ${idColumn('thread')} not null`. `column` is the column's name, `<kind>_id` unless given.
 */
export function idColumn(kind: IdKind, column = `${kind}_id`): string {
  const length = kind.length + 27;
  // Half the time of one pattern, which every stored row pays. In collation "C" the two bounds fix the kind and a first
  // character of 0 to 7.
  return (
    `text collate "C" check (octet_length(${column}) = ${length} ` +
    `and ${column} between '${kind}_0' and '${kind}_8' and right(${column}, 26) !~ '[^0-9a-hjkmnp-tv-z]')`
  );
}
