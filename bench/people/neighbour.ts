import type { ChatDevice } from '../../world/clients/chat-device';
import { Network } from '../../world/actors/network';
import { ask, open } from './asking-device';
import { gatherCompany, signIn, signInAll, type Doors, type Member } from './crowd';

/** A person may write 60 messages a minute and have 25 sign-ins: so several take turns. */
const PEOPLE = 8;

/** What somebody of the other company waits for, milliseconds. */
export interface Waited {
  readonly signIn: number[];
  /** From sending a question to the start of the answer, and to its end. */
  readonly firstEvent: number[];
  readonly answer: number[];
  /** What was refused to them, or not answered. */
  readonly failures: string[];
}
export const nothingYet = (): Waited => ({ signIn: [], firstEvent: [], answer: [], failures: [] });

/** People of a company that attacks nobody; they sign in, and ask, by turns. */
export class Neighbour {
  readonly #network = new Network().address();
  #devices: readonly ChatDevice[] = [];
  #turn = 0;

  private constructor(private readonly members: readonly Member[]) {}

  static async gather(at: Doors, operatorKey: string): Promise<Neighbour> {
    const members = await gatherCompany(PEOPLE, at, operatorKey, { withUsage: true });
    return new Neighbour(members);
  }

  /** Everybody signs in at this instance, from the network they come from later, and opens a device there. */
  async come(url: string): Promise<void> {
    await signInAll(this.members, url, this.#network);
    this.#devices = await Promise.all(this.members.map((member) => open(member, url)));
  }

  async leave(): Promise<void> {
    await Promise.all(this.#devices.map((device) => device.lose()));
    this.#devices = [];
  }

  /** One of them signs in, or asks a question and waits for the answer. */
  async wait(what: 'sign in' | 'ask', url: string, waited: Waited): Promise<void> {
    const place = (this.#turn += 1) % this.members.length;
    const began = performance.now();
    try {
      if (what === 'sign in') {
        await signIn({ ...(this.members[place] as Member) }, url, this.#network);
        waited.signIn.push(performance.now() - began);
        return;
      }
      const { startMs, answerMs, isAnswered } = await ask(this.#devices[place] as ChatDevice);
      waited.firstEvent.push(startMs);
      waited.answer.push(answerMs);
      if (!isAnswered) waited.failures.push('a question failed');
    } catch (failure) {
      waited.failures.push((failure as Error).message);
    }
  }
}
