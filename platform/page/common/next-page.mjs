import { Refusal } from './api.mjs';

/**
 * The page behind what is shown. The last ones shown may be gone meanwhile, and nobody can ask behind those: they are left out,
 * and told.
 *
 * @template Item
 * @param {readonly Item[]} shown
 * @param {(last: Item | undefined) => Promise<readonly Item[]>} read the page behind this one; of nothing, the first page
 * @returns {Promise<{ readonly page: readonly Item[], readonly gone: readonly Item[] }>}
 */
export async function nextPage(shown, read) {
  for (let there = shown.length; ; there -= 1) {
    try {
      return { page: await read(shown[there - 1]), gone: shown.slice(there) };
    } catch (refusal) {
      if (!(refusal instanceof Refusal) || refusal.status !== 404 || there === 0) throw refusal;
    }
  }
}
