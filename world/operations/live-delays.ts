import type { ThreadEvent } from '../../ssot/kernel';
import type { ChatDevice } from '../clients/chat-device';
import type { Person } from '../actors/person';

/** How late events are shown on devices, from their being stored. */
export class LiveDelays {
  #answers: (readonly number[])[] = [];

  /** So many answers one after the other; for each event of each the moment counts at which the last device has shown it. */
  async answer(person: Person, question: string, times: number): Promise<void> {
    for (let time = 0; time < times; time += 1) {
      const runId = await person.ask(question);
      const devices = [...person.devices.values()];
      for (const device of devices) await person.seeAnswerOn(device);
      const events = devices[0]?.story().filter((event) => event.runId === runId) ?? [];
      this.#answers.push(events.map((event) => lastShownAfterMs(event, devices)));
    }
  }

  /**
   * The share of events that were shown in time. The answer in which they were slowest is left out: other scenarios share
   * the machine, and one that starts an instance holds everybody up; what is slow by itself is slow in each answer.
   */
  shareWithin(limitMs: number): number {
    const inTime = (delays: readonly number[]): number => delays.filter((ms) => ms <= limitMs).length;
    const kept = this.#answers
      .toSorted((a, b) => inTime(b) / b.length - inTime(a) / a.length)
      .slice(0, -1)
      .flat();
    return kept.length === 0 ? 0 : inTime(kept) / kept.length;
  }
}

function lastShownAfterMs({ id, at }: ThreadEvent, devices: readonly ChatDevice[]): number {
  return Math.max(...devices.map(({ shownAt }) => (shownAt.get(id) ?? Infinity) - Date.parse(at)));
}
