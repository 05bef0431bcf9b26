/** In a path: who it is meant for gets real stores. */
export const needsStores = (file: string): boolean => file.endsWith('.service.test.ts');

/**
 * What each of so many processes runs, dealt like cards, so that it is the same in every run: those that need stores first,
 * because they take the longest, then the others.
 */
export function partsOf(files: readonly string[], processes: number): string[][] {
  const parts = Array.from({ length: processes }, (): string[] => []);
  const inOrder = [...files].sort((one, other) => rank(one) - rank(other) || one.localeCompare(other));
  inOrder.forEach((file, at) => parts[at % processes]?.push(file));
  return parts;
}

/** ClickHouse erases by rewriting tables, which takes the longer the more the tests before have left there; so these come first. */
function rank(file: string): number {
  if (file.startsWith('ssot/state-persistence/customer-data/')) return 0;
  return needsStores(file) ? 1 : 2;
}
