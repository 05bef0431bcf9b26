/** ClickHouse's text of an instant in UTC, milliseconds. */
export function storedInstant(at: number): string {
  return new Date(at).toISOString().replace('T', ' ').replace('Z', '');
}

/** RFC 3339 of ClickHouse's text, with as many places as it has. */
export function instantText(stored: string): string {
  return `${stored.replace(' ', 'T')}Z`;
}
