import type { ChatDevice } from '../../clients/chat-device';
import { eventually } from '../../eventually';
import type { Answer, Problem } from '../../clients/http-client';
import type { Person } from '../../actors/person';

interface OpenTab {
  readonly connectionId: string;
  readonly threads: readonly { readonly threadId: string }[];
}
interface Refusal extends Problem {
  readonly retryAfterMs?: number;
}

/** Written as somebody's program would, by mistake. */
type Unkeepable =
  | { readonly title: string }
  | { readonly name: string; readonly text?: string }
  | { readonly device: string };
const UNKEEPABLE: Readonly<Record<string, Unkeepable>> = {
  'a title of blanks': { title: '  ' },
  'a title of 201 characters': { title: 'a'.repeat(201) },
  'a message whose name is blank': { name: '' },
  'a message with a NUL character': { name: 'c-1', text: 'Why\0?' },
  'a sign-in on a device with a NUL character': { device: 'phone\0' },
};

/** What a customer's program asks for by calls, not on a connection. */
export class Calls {
  #answers: readonly Answer<Refusal>[] = [];
  /** What was refused, about which field, in which words. */
  refused: readonly (readonly string[])[] = [];
  /** The names of the devices a person was told they have open. */
  devices: readonly string[] = [];
  pages: readonly (readonly string[])[] = [];

  /** The same message, so many times at one moment. */
  async sendAtOnce(person: Person, count: number): Promise<void> {
    const http = await person.http();
    const path = `/v1/threads/${person.thread()}/messages`;
    const message = { clientMessageId: 'from-a-program', text: 'Where does our money go?' };
    this.#answers = await Promise.all(Array.from({ length: count }, () => http.send<Refusal>('post', path, message)));
  }

  /** What became of each: `taken`, or the code of the refusal. */
  get outcomes(): readonly string[] {
    return this.#answers.map(({ status, body }) =>
      status === 202 ? 'taken' : status === 429 ? body.code : `${status}`,
    );
  }

  /** After how long each that was refused may come back, as its body says and as its header says. */
  get waitsMs(): readonly number[] {
    const refused = this.#answers.filter(({ status }) => status === 429);
    return refused.flatMap(({ body, headers }) => [body.retryAfterMs ?? NaN, Number(headers['retry-after']) * 1_000]);
  }

  async sendUnkeepable(person: Person): Promise<void> {
    const http = await person.http();
    const messages = `/v1/threads/${await person.openThread('Q3 spend')}/messages`;
    const { email, password } = person;
    const refused: (readonly string[])[] = [];
    for (const [what, sent] of Object.entries(UNKEEPABLE)) {
      const answer =
        'title' in sent
          ? await http.send<Problem>('post', '/v1/threads', sent)
          : 'name' in sent
            ? await http.send<Problem>('post', messages, { clientMessageId: sent.name, text: sent.text ?? 'Why?' })
            : await http.send<Problem>('post', '/v1/sign-in', { email, password, ...sent });
      const { code, field = 'nothing', detail } = answer.body;
      refused.push([what, answer.status === 400 ? code : `${answer.status} ${code}`, field, detail]);
    }
    this.refused = refused;
  }

  /** What a person is told they have open, by the names of their tabs, and what each shows. */
  async look(person: Person): Promise<void> {
    type Listed = { readonly devices: readonly { readonly connections: readonly OpenTab[] }[] };
    const { devices } = await (await person.http()).require<Listed>('get', '/v1/devices');
    const tabs = devices.flatMap(({ connections }) => connections);
    this.devices = tabs.map(({ connectionId, threads }) => {
      const tab = [...person.devices.values()].find((one) => connectionOf(one) === connectionId);
      const titles = threads.map(({ threadId }) => [...person.threads].find(([, id]) => id === threadId)?.[0]);
      return `${tab?.name ?? 'unknown'}: ${titles.join(', ')}`;
    });
  }

  /** On whichever instance it was. */
  async looksUntil(person: Person, count: number): Promise<void> {
    await eventually(async () => {
      await this.look(person);
      if (this.devices.length !== count) throw new Error(`open are: ${this.devices.join('; ')}`);
    });
  }

  /** `closed`, or why not. */
  async close(person: Person, connectionId: string): Promise<string> {
    const answer = await (await person.http()).send<Problem>('delete', `/v1/connections/${connectionId}`);
    if (answer.status === 200) return 'closed';
    const { code, detail } = answer.body;
    return answer.status === 404 && code === 'device_not_found' ? detail : `${answer.status} ${code}: ${detail}`;
  }

  async openInTurn(person: Person, titles: readonly string[]): Promise<void> {
    for (const title of titles) await person.openThread(title);
  }

  /** The newest so many, and then so many of what is older than the last of them. */
  async turnPages(person: Person, limit: number): Promise<void> {
    const http = await person.http();
    const pages: (readonly string[])[] = [];
    let before = '';
    for (let page = 0; page < 2; page++) {
      const path = `/v1/threads?limit=${limit}${before}`;
      const { threads } = await http.require<{ threads: { threadId: string; title: string }[] }>('get', path);
      pages.push(threads.map(({ title }) => title));
      before = `&before=${threads.at(-1)?.threadId}`;
    }
    this.pages = pages;
  }
}

/** The id of a tab's connection, as given when it was welcomed. */
export function connectionOf(device: ChatDevice): string {
  return (device.controls('welcome').at(-1) as unknown as { data: { connectionId: string } }).data.connectionId;
}
