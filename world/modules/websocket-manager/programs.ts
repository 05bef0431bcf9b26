import type { ThreadId } from '../../../ssot/kernel';
import type { ChatDevice } from '../../clients/chat-device';
import type { Person } from '../../actors/person';
import { PublishedContract } from './published-contract';
import type { RevenueWorld } from '../../revenue-world';

const question = (threadId: ThreadId, text: string, more: object = {}): object => ({
  type: 'send_message',
  threadId,
  clientMessageId: 'from-a-program',
  text,
  ...more,
});

/** What a customer's program may try on a connection, rightly or wrongly, in the words of the features. */
export const ATTEMPTS = {
  'follow the thread from its start': (id: ThreadId) => ({ type: 'subscribe', threadId: id, afterSeq: 0 }),
  'follow the thread without saying from where': (id: ThreadId) => ({ type: 'subscribe', threadId: id }),
  'ask a question of 8,001 characters': (id: ThreadId) => question(id, 'a'.repeat(8_001)),
  'ask with a field nobody agreed on': (id: ThreadId) => question(id, 'Why?', { mood: 'fine' }),
  'send a message of a kind nobody knows': () => ({ type: 'sing' }),
} as const satisfies Record<string, (threadId: ThreadId) => object>;
export type Attempt = (threadId: ThreadId) => object;

/** Sends every kind of message there is, until the answer to a question has been shown whole and another was stopped. */
export async function sendEverything(person: Person, device: ChatDevice): Promise<void> {
  const threadId = person.thread();
  await person.ask('Where does our money go?', device);
  await person.seeAnswerOn(device);
  const runId = await person.ask('And where did it go last year?', device);
  device.say({ type: 'cancel_run', runId, ref: 'stop' });
  await person.seeAnswerOn(device);
  device.say({ type: 'cancel_run', runId: 'run_00000000000000000000000001', ref: 'nobody knows it' });
  const { accessToken } = await person.signIn();
  device.say({ type: 'renew', token: accessToken });
  device.say({ type: 'pong' });
  await device.follow(threadId, 0);
  device.say({ type: 'unsubscribe', threadId });
  await device.pingPong();
}

/** Programs that customers write against what is published. */
export class Programs {
  #contract: Promise<PublishedContract> | null = null;
  #tried: { message: object; wasTaken: boolean } | null = null;

  constructor(private readonly world: RevenueWorld) {}

  published(): Promise<PublishedContract> {
    this.#contract ??= PublishedContract.read(this.world);
    return this.#contract;
  }

  /** Tries it on a device; what was refused is known before the sign of life that follows. */
  async try(attempt: Attempt, device: ChatDevice, threadId: ThreadId): Promise<void> {
    const message = attempt(threadId);
    device.say(message);
    await device.pingPong();
    this.#tried = { message, wasTaken: device.refusals().length === 0 };
  }

  /** Whether what was tried was taken, and whether it should have been by what is published. */
  async outcome(): Promise<{ wasTaken: boolean; isAllowed: boolean }> {
    if (this.#tried === null) throw new Error('no program has tried anything yet');
    const { message, wasTaken } = this.#tried;
    return { wasTaken, isAllowed: (await this.published()).allowsSaying(message) };
  }

  /** What a device has sent and was shown that is not as published. */
  async unpublished({ said, received }: ChatDevice): Promise<{ sent: readonly object[]; shown: readonly object[] }> {
    const contract = await this.published();
    return {
      sent: said.filter((message) => !contract.allowsSaying(message)),
      shown: received.filter((message) => !contract.allowsShowing(message)),
    };
  }
}
