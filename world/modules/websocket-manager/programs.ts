import type { ThreadEvent, ThreadId } from '../../../ssot/kernel';
import type { ChatDevice } from '../../chat-device';
import type { Person } from '../../person';
import { PublishedContract } from './published-contract';
import type { RevenueWorld } from '../../revenue-world';

const question = (threadId: ThreadId, text: string, more: object = {}): object => ({
  type: 'send_message',
  threadId,
  clientMessageId: 'from-a-program',
  text,
  ...more,
});

/** What a customer's program may say on a line, rightly or wrongly, in the words of the features. */
const SAYINGS = {
  'follow the thread from its start': (id: ThreadId) => ({ type: 'subscribe', threadId: id, afterSeq: 0 }),
  'follow the thread without saying from where': (id: ThreadId) => ({ type: 'subscribe', threadId: id }),
  'ask a question of 8,001 characters': (id: ThreadId) => question(id, 'a'.repeat(8_001)),
  'ask with a field nobody agreed on': (id: ThreadId) => question(id, 'Why?', { mood: 'fine' }),
  'sing a song': () => ({ type: 'sing' }),
} as const satisfies Record<string, (threadId: ThreadId) => object>;
export type Saying = keyof typeof SAYINGS;
export const SAYING_WORDS = Object.keys(SAYINGS) as Saying[];

/** Says everything there is to say, until the answer to a question has been shown whole and another was stopped. */
export async function sayEverything(person: Person, device: ChatDevice): Promise<void> {
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

const ALTERED = {
  'of a kind nobody published': (event: ThreadEvent) => ({ ...event, type: 'agent_singing' }),
  'without its number': ({ seq: _, ...rest }: ThreadEvent) => rest,
  'with a field nobody published': (event: ThreadEvent) => ({ ...event, mood: 'fine' }),
  'carrying what another kind carries': (event: ThreadEvent) => ({ ...event, type: 'agent_started' }),
} as const satisfies Record<string, (event: ThreadEvent) => object>;
export type Alteration = keyof typeof ALTERED;
export const ALTERATION_WORDS = Object.keys(ALTERED) as Alteration[];

/** Programs that customers write against what is published. */
export class Programs {
  #contract: Promise<PublishedContract> | null = null;
  #tried: { message: object; wasTaken: boolean } | null = null;

  constructor(private readonly world: RevenueWorld) {}

  published(): Promise<PublishedContract> {
    this.#contract ??= PublishedContract.read(this.world);
    return this.#contract;
  }

  /** Says it on a line; what was refused is known before the sign of life that follows. */
  async say(saying: Saying, device: ChatDevice, threadId: ThreadId): Promise<void> {
    const message = SAYINGS[saying](threadId);
    device.say(message);
    await device.pingPong();
    this.#tried = { message, wasTaken: device.refusals().length === 0 };
  }

  /** Whether what was said was taken, and whether it should have been by what is published. */
  async outcome(): Promise<{ wasTaken: boolean; isAllowed: boolean }> {
    if (this.#tried === null) throw new Error('no program has said anything yet');
    const { message, wasTaken } = this.#tried;
    return { wasTaken, isAllowed: (await this.published()).allowsSaying(message) };
  }

  /** Whether a device may, by what is published, be shown the thought of its agent; and the same after an alteration. */
  async allows(device: ChatDevice, alteration: Alteration): Promise<{ asItIs: boolean; altered: boolean }> {
    const contract = await this.published();
    const event = device.story().find(({ type }) => type === 'agent_thinking') as ThreadEvent;
    return { asItIs: contract.allowsShowing(event), altered: contract.allowsShowing(ALTERED[alteration](event)) };
  }
}
