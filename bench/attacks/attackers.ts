import { setPriority } from 'node:os';
import { flood, type Flood, type Outcome, type Target, type Wave } from './floods';
import { answering } from '../connections/asking';

/** What attackers work out costs them their own processors, not the platform's, which share two with them here. */
const LOWEST_PRIORITY = 19;

let underWay: Wave | null = null;
let isOver = true;

/** The process of the attackers, so that their work is not done by who measures. */
const attackersProcess = {
  /** Resolves when everything has been sent. */
  start: async ({ attack, target }: { attack: Flood; target: Target }): Promise<void> => {
    isOver = false;
    const wave = await flood(attack, target);
    underWay = wave;
    void wave.over.then(() => (isOver = underWay === wave));
  },
  isOver: (_: null): boolean => isOver,
  end: (_: null): Outcome => {
    const outcome = underWay?.end() ?? {};
    underWay = null;
    return outcome;
  },
};
export type AttackersAnswers = typeof attackersProcess;
if (process.send !== undefined) {
  setPriority(LOWEST_PRIORITY);
  answering(attackersProcess);
}
