/** @typedef {import('../types.ts').Thread} Thread */

/**
 * The list after its newest page was read again: threads made elsewhere are in it, those deleted are not, and what was
 * read of older ones stays.
 *
 * @param {readonly Thread[]} known newest first
 * @param {readonly Thread[]} newest the page, newest first
 * @param {number} pageSize
 * @returns {readonly Thread[]}
 */
export function withNewest(known, newest, pageSize) {
  const last = newest.at(-1);
  if (last === undefined || newest.length < pageSize) return newest;
  const ids = new Set(newest.map(({ threadId }) => threadId));
  const older = known.filter((thread) => !ids.has(thread.threadId) && isOlder(thread, last));
  return [...newest, ...older];
}

/**
 * @param {readonly Thread[]} known
 * @param {readonly Thread[]} older the page after it
 * @param {readonly Thread[]} [gone] those of the known ones that there are no more
 * @returns {readonly Thread[]}
 */
export function withOlder(known, older, gone = []) {
  const idsOf = (/** @type {readonly Thread[]} */ some) => new Set(some.map(({ threadId }) => threadId));
  const [ids, left] = [idsOf(known), idsOf(gone)];
  return [
    ...known.filter(({ threadId }) => !left.has(threadId)),
    ...older.filter(({ threadId }) => !ids.has(threadId)),
  ];
}

/**
 * As the platform orders them: by time, then by id.
 *
 * @param {Thread} one
 * @param {Thread} other
 */
function isOlder(one, other) {
  const [a, b] = [Date.parse(one.createdAt), Date.parse(other.createdAt)];
  return a < b || (a === b && one.threadId < other.threadId);
}
