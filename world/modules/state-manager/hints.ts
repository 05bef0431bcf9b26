import { eventually } from '../../eventually';
import type { PersonName } from '../../actors/personas';
import type { Notes } from './notes';

/** Who is woken when something is new in a thread. */
export class StateHints {
  readonly #heard = new Map<PersonName, string[]>();

  constructor(private readonly notes: Notes) {}

  async listen(name: PersonName, id: string): Promise<void> {
    const heard: string[] = [];
    this.#heard.set(name, heard);
    await this.#listen(name, id, (note) => heard.push(String(note).replaceAll('_', ' ')));
  }

  /** A further listener of the same thread, which fails each time. */
  async listenAndFail(name: PersonName, id: string): Promise<void> {
    await this.#listen(name, id, () => {
      throw new Error('this listener fails');
    });
  }

  async send(name: PersonName, id: string, count: number): Promise<void> {
    const other = await this.notes.instances.start();
    for (let i = 1; i <= count; i++) await other.hint({ ctx: this.notes.who(name), scope: 'thread', id }, i);
  }

  /** What somebody has heard, in order. */
  heardBy(name: PersonName): string {
    const heard = this.#heard.get(name);
    if (heard === undefined) throw new Error(`${name} listens to nothing in this scenario`);
    return heard.join(', ');
  }

  async heardSomething(name: PersonName): Promise<void> {
    await eventually(() => {
      if (this.heardBy(name) === '') throw new Error(`${name} has heard nothing yet`);
    });
  }

  async #listen(name: PersonName, id: string, on: (note: unknown) => void): Promise<void> {
    const state = await this.notes.instance();
    await state.onHint({ ctx: this.notes.who(name), scope: 'thread', id }, on);
  }
}
