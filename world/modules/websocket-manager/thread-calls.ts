import type { ThreadId } from '../../../ssot/kernel';
import type { Problem } from '../../clients/http-client';
import type { Person } from '../../actors/person';

type Created = Partial<Problem> & { readonly threadId?: ThreadId };

/** Threads made with a key and renamed, as programs do it through the platform's public contract. */
export class ThreadCalls {
  /** What the latest calls were answered: an id, or the code of a refusal. */
  answers: readonly string[] = [];
  readonly #key = 'monthly report, September';

  /** Asks so many times at once for a thread of this title, always with the same key. */
  async createWithKey(person: Person, title: string, times = 1, baseUrl?: string): Promise<void> {
    const http = await person.http(baseUrl);
    const answers = await Promise.all(
      Array.from({ length: times }, () =>
        http.send<Created>('post', '/v1/threads', { title }, { 'idempotency-key': this.#key }),
      ),
    );
    this.answers = answers.map(({ body }) => body.threadId ?? body.code ?? 'nothing');
    const [{ body }] = answers as [(typeof answers)[number]];
    if (body.threadId !== undefined && !person.threads.has(title)) person.threads.set(title, body.threadId);
  }

  /** Several people rename one thread, one after the other. */
  async rename(threadId: ThreadId, title: string, people: readonly Person[]): Promise<void> {
    this.answers = [];
    for (const person of people) {
      const { body } = await (
        await person.http()
      ).send<Partial<Problem> & { title?: string }>('patch', `/v1/threads/${threadId}`, { title });
      this.answers = [...this.answers, body.code ?? body.title ?? 'nothing'];
    }
  }
}
