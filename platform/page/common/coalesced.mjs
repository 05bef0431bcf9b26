/**
 * Work that is done once at a time: however often it is asked for meanwhile, it is done once more afterwards. Whoever asks is
 * answered when nothing is left to do.
 *
 * @param {() => Promise<void>} work
 * @returns {() => Promise<void>}
 */
export function coalesced(work) {
  /** @type {Promise<void> | null} */
  let running = null;
  let again = false;
  const all = async () => {
    try {
      do {
        again = false;
        await work();
      } while (again);
    } finally {
      running = null;
    }
  };
  return () => {
    again = true;
    return (running ??= all());
  };
}
