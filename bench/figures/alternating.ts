import { median } from './median';

const ROUNDS = 5;

/** Milliseconds a call of each candidate: the median of rounds in which they take turns call by call, after a warm-up round. */
export async function alternating<K extends string>(
  candidates: Readonly<Record<K, () => Promise<unknown>>>,
  calls: number,
  say: (progress: string) => void,
): Promise<Readonly<Record<K, number>>> {
  const names = Object.keys(candidates) as K[];
  const took = new Map(names.map((name) => [name, [] as number[]]));
  for (let round = 0; round <= ROUNDS; round++) {
    if (round > 0) say(`round ${round} of ${ROUNDS}: ${calls} times ${names.join(', ')}`);
    const spent = new Map(names.map((name) => [name, 0]));
    for (let i = 0; i < calls; i++) {
      for (const name of names) {
        const began = performance.now();
        await candidates[name]();
        spent.set(name, (spent.get(name) ?? 0) + performance.now() - began);
      }
    }
    if (round > 0) for (const [name, ms] of spent) took.get(name)?.push(ms / calls);
  }
  return Object.fromEntries(names.map((name) => [name, median(took.get(name) ?? [])])) as Record<K, number>;
}
