import { Instance } from '../../world/operations/instance';
import { sendCrowd, type CrowdReport } from '../../world/operations/broken-clients/odd-crowd';
import type { OddConnections } from '../../world/operations/broken-clients/odd-connections';

/** A race that needs its luck gets it within so many tries. */
const TRIES = 5;
const PATIENCE = { answerMs: 200, holdMs: 200 };

/** Whether one connection of the seed ends the instance by itself. */
export async function endsAlone(crowd: OddConnections, place: number, instance: Instance): Promise<boolean> {
  for (let tries = 0; tries < TRIES && instance.isSound; tries += 1) {
    await sendCrowd(crowd, instance, { ...PATIENCE, from: place, count: 1, atOnce: 1 });
  }
  // What is thrown late is seen before this is answered.
  await instance.figures().catch(() => undefined);
  return !instance.isSound;
}

/** Plays the suspects one by one, the latest first, and names the first that ends an instance by itself. */
export async function findCulprit(
  crowd: OddConnections,
  suspects: CrowdReport['suspects'],
  say: (progress: string) => void,
): Promise<string> {
  say(`${suspects.length} connections were at work; looking for the one that did it`);
  await using instance = await Instance.start();
  for (const { place, kind } of suspects.toReversed()) {
    if (await endsAlone(crowd, place, instance)) return `connection ${place} (${kind})`;
  }
  const kinds = [...new Set(suspects.map(({ kind }) => kind))].join(', ');
  return `several connections together, among ${suspects.length} (${kinds})`;
}
