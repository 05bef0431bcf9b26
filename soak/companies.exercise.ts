import { randomBytes } from 'node:crypto';
import type { ThreadId } from '../ssot/kernel';
import { usageFromTemplate } from '../world/sample-usage/template';
import { endingOf } from '../world/clients/event-order';
import { reportOf } from '../world/clients/report';
import { Chat, type Asked } from './people/chat';
import { figure, none, some, type Finding, type Options, type Play, type Say } from './exercise';
import { ms, percentile, under } from './distribution';
import { caller, companies, newThread, type Person } from './people/people';
import { Seeded } from './seeded';
import { Stage } from './stage/stage';

export const about =
  "people of many companies ask at once: each answer is about its own company's usage, and nobody waits behind another's crowd";
export const options = {
  companies: { says: 'each with usage of its own', default: 10 },
  people: { says: 'of each, all of whom ask at one moment', default: 10 },
  crowd: { says: 'questions that one company then has waiting, while the others ask one each', default: 100 },
  instances: { says: 'of the platform', default: 2 },
} satisfies Options;

/** Companies alike that ask alike are done at about the same time. */
const FAIR_TIMES = 1.5;
/** AG-08. */
const STARTS_WITHIN_MS = 1_000;
/** Of a person's twenty waiting questions, as many as every plan allows. */
const EACH = 20;

const play: Play = async ({ seed, number, say }) => {
  const random = new Seeded(seed);
  await using stage = await Stage.open(say, number('instances'));
  const { url } = stage.door;
  const people = await companies(stage, number('companies'), number('people'), say);
  const firsts = people.filter(({ company }, place) => people[place - 1]?.company !== company);
  const calls = await bringUsage(firsts, url, say);
  const chats = await Promise.all(
    people.map(async (person) => new Chat(person, url, await newThread(person, url), random.fork(), 0)),
  );
  using _chats = { [Symbol.dispose]: () => chats.forEach(({ device }) => device.close()) };
  await Promise.all(chats.map(({ device }) => device.ready));

  say(`${chats.length} people ask at one moment`);
  const atOnce = await Promise.all(chats.map(async (chat) => ({ chat, asked: await chat.ask() })));
  const [crowded, ...others] = firsts as [Person, ...Person[]];
  const waiting = await crowd(
    people.filter(({ company }) => company === crowded.company),
    number('crowd'),
    url,
  );
  say(`one company has asked ${waiting} questions more; ${others.length} others ask one each`);
  const quiet = chats.filter(({ person }) => others.includes(person));
  const beside = await Promise.all(quiet.map((chat) => chat.ask()));
  const byCompany = Map.groupBy(atOnce, ({ chat }) => chat.person.company);
  return [
    some('questions asked at one moment', atOnce.length),
    none(
      'of these, not answered',
      atOnce.flatMap(({ asked }) => unanswered(asked)),
    ),
    none("answers about anything but their own company's usage", strange(atOnce, calls)),
    ...times(
      'all at one moment',
      atOnce.map(({ asked }) => asked),
    ),
    fairness(
      [...byCompany.values()].map((own) =>
        percentile(
          own.map(({ asked }) => asked.answerMs),
          1,
        ),
      ),
    ),
    figure('questions of one company that were waiting then', waiting),
    ...under(
      "another company's question starts beside them",
      beside.map(({ startMs }) => startMs),
      STARTS_WITHIN_MS,
    ),
    none('of these, not answered', beside.flatMap(unanswered)),
  ];
};
export default play;

interface One {
  readonly chat: Chat;
  readonly asked: Asked;
}

/** A month from the shipped template for each, and as many calls more as tell the companies apart. Says who has how many. */
async function bringUsage(firsts: readonly Person[], url: string, say: Say): Promise<ReadonlyMap<number, number>> {
  const calls = new Map<number, number>();
  for (const [place, person] of firsts.entries()) {
    const ids = randomBytes(6).toString('hex');
    const month = usageFromTemplate({ asOf: new Date(), ids });
    const more = month.slice(-1 - place).map((use) => ({ ...use, eventId: `${use.eventId}-again` }));
    const events = [...month, ...more];
    for (let from = 0; from < events.length; from += 1_000) {
      await caller(person, url).require('post', '/v1/usage', { events: events.slice(from, from + 1_000) });
    }
    calls.set(person.company, events.length);
  }
  say(`${[...calls.values()].reduce((a, b) => a + b, 0).toLocaleString('en')} calls of models are recorded`);
  return calls;
}

/** Fills the company's queue, each person in a thread of their own per question; answers how many were taken. */
async function crowd(people: readonly Person[], count: number, url: string): Promise<number> {
  const each = Math.min(EACH, Math.ceil(count / people.length));
  const taken = await Promise.all(
    people.map(async (person) => {
      const threadId: ThreadId = await newThread(person, url, 'A crowd');
      for (let place = 0; place < each; place += 1) {
        const body = { clientMessageId: `crowd-${place}`, text: 'How can we cut our AI spending?' };
        await caller(person, url).require('post', `/v1/threads/${threadId}/messages`, body);
      }
      return each;
    }),
  );
  return taken.reduce((sum, one) => sum + one, 0);
}

function unanswered({ story }: Asked): readonly string[] {
  const ending = endingOf(story);
  if (ending?.type === 'agent_completed') return [];
  return [ending === undefined ? 'no ending' : `${ending.type}: ${JSON.stringify(ending.data)}`];
}

function strange(all: readonly One[], calls: ReadonlyMap<number, number>): readonly string[] {
  return all.flatMap(({ chat, asked }) => {
    if (unanswered(asked).length > 0) return [];
    const read = reportOf(asked.story).calls;
    const own = calls.get(chat.person.company) ?? 0;
    return read === own ? [] : [`${chat.person.email}: about ${read} calls, their company has ${own}`];
  });
}

function times(when: string, asked: readonly Asked[]): Finding[] {
  const shown = (what: string, all: readonly number[]): Finding =>
    figure(
      `${when}: ${what}, 50 % / 95 % / last`,
      [0.5, 0.95, 1].map((share) => ms(percentile(all, share))).join(' / '),
    );
  return [
    shown(
      'start',
      asked.map(({ startMs }) => startMs),
    ),
    shown(
      'answer',
      asked.map(({ answerMs }) => answerMs),
    ),
  ];
}

function fairness(lastMs: readonly number[]): Finding {
  const [first, last] = [percentile(lastMs, 0), percentile(lastMs, 1)];
  return {
    what: `from the first company that has all its answers (${ms(first)}) to the last`,
    counted: ms(last),
    promised: `at most ${FAIR_TIMES} times`,
    met: lastMs.length > 0 && last <= FAIR_TIMES * first,
  };
}
