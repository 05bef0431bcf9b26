import type { Connections } from '../../stores/connections';
import type { Person } from '../../actors/person';
import { Everywhere } from '../state-persistence/everywhere';
import { answersTo, idsOf, idsOfNothing, type ThreadIds } from './thread-addresses';

/** What is left of a thread that was deleted: for whoever asks for it at any address, and in PostgreSQL. */
export class DeletedThreads {
  #ids: ThreadIds | null = null;
  readonly #everywhere: Everywhere;

  constructor(private readonly connections: Connections) {
    this.#everywhere = new Everywhere(connections);
  }

  /** Deletes the thread of their latest run, of which each id is stored until then. */
  async delete(person: Person, title: string): Promise<void> {
    this.#ids = idsOf(person, title);
    for (const id of Object.values(this.#ids)) {
      if ((await this.#everywhere.tablesNaming([id])).length === 0) throw new Error(`nothing stored names ${id}`);
    }
    await person.deleteThread(title);
  }

  /** What every address answers: with the ids of the deleted thread, and with ids that never were. */
  async answers(person: Person): Promise<{ deleted: readonly string[]; neverThere: readonly string[] }> {
    const neverThere = await answersTo(person, idsOfNothing(this.connections));
    return { deleted: await answersTo(person, this.#known), neverThere };
  }

  /** The tables in which something still names the thread, its run or the call, whoever may see it. */
  left(): Promise<readonly string[]> {
    return this.#everywhere.tablesNaming(Object.values(this.#known));
  }

  get #known(): ThreadIds {
    if (this.#ids === null) throw new Error('no thread was deleted');
    return this.#ids;
  }
}
