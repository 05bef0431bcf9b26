import type { ChatDevice } from '../../clients/chat-device';
import { HttpClient, type Answer, type Problem } from '../../clients/http-client';
import { Network } from '../../actors/network';
import type { Person } from '../../actors/person';
import type { RevenueWorld } from '../../revenue-world';
import {
  MESSAGE_CHECKS,
  OPERATION_CHECKS,
  PUBLIC_OPERATIONS,
  type OperationCheck,
  type Owned,
} from './operation-checks';
import { messagesAt, operationsAt, type PublishedOperation } from './published-operations';

const TITLE = 'Merger with Dune';
/** Claimed by nobody. */
const DOMAIN = 'merger.example';

/** What somebody tried, and what is wrong with how it was answered; nothing when all is well. */
type Fault = string;

/** What Ada from Acme has, and everybody who tries to get at it through each published operation. */
export class Outsiders {
  faults: readonly Fault[] = [];
  tried = 0;
  #owned: Owned | null = null;
  #before = '';
  #count = 0;
  #url: string | null = null;

  constructor(private readonly world: RevenueWorld) {}

  /** A thread with an answered question, an open device, settings, and a colleague. */
  async prepare(baseUrl?: string): Promise<void> {
    const { cast } = this.world;
    this.#url = baseUrl ?? (await this.world.platformUrl());
    const [ada, dana] = [cast.person('Ada'), cast.person('Dana')];
    const userId = await dana.register();
    for (const name of ['Ravi', 'Olga'] as const) await cast.person(name).register();
    await cast.tenant('Acme').bringUsage();
    await ada.openDeviceOn('phone', TITLE);
    const runId = await ada.ask('What did each feature cost in the last 30 days?');
    const call = (await ada.storedAnswer()).find(({ type }) => type === 'tool_executing');
    const { devices } = await (await ada.http(this.#url)).require<Devices>('get', '/v1/devices');
    const [tab] = devices.flatMap(({ connections }) => connections);
    if (call?.type !== 'tool_executing' || tab === undefined) throw new Error('Ada has no tool call or no tab');
    const { connectionId } = tab;
    const { sessionId } = (await ada.signInOn('tablet', this.#url)).pair;
    await (await ada.http(this.#url)).require('put', `/v1/people/${userId}/hold`, { reason: 'A lawsuit' });
    const key = { name: 'Nightly report', scopes: ['usage:read'] };
    const { keyId } = await (await ada.http(this.#url)).require<{ keyId: string }>('post', '/v1/api-keys', key);
    this.#owned = {
      threadId: ada.thread(),
      runId,
      callId: call.data.callId,
      connectionId,
      sessionId,
      userId,
      keyId,
      domain: DOMAIN,
    };
    await this.noteState();
  }

  /** What Acme has from here on is what it must still have at the end. */
  async noteState(): Promise<void> {
    this.#before = await this.#state();
  }

  /** Whether every operation has a check, and every check an operation. */
  async uncovered(): Promise<readonly string[]> {
    const operations = await operationsAt(this.#at(), this.world);
    const messages = await messagesAt(this.#at(), this.world);
    const named = [...Object.keys(OPERATION_CHECKS), ...Object.keys(PUBLIC_OPERATIONS)];
    return [
      ...operations.filter(({ name }) => !named.includes(name)).map(({ name }) => `${name} has no check`),
      ...named
        .filter((name) => !operations.some((one) => one.name === name))
        .map((name) => `${name} is checked and not published`),
      ...operations
        .filter(({ name, isPublic }) => isPublic !== name in PUBLIC_OPERATIONS)
        .map(({ name, isPublic }) => `${name} is ${isPublic ? '' : 'not '}public`),
      ...messages.filter((name) => !(name in MESSAGE_CHECKS)).map((name) => `the message ${name} has no check`),
    ];
  }

  /** Whoever is entitled is answered well: the requests of all other checks are sound. */
  async tryEntitled(): Promise<void> {
    const { cast } = this.world;
    await this.#each(async (operation, check) => {
      const by = cast.person(check.ofOwners === true ? 'Olga' : 'Ada');
      const { accessToken: token } = await by.signIn();
      const { status, body } = await this.#send(operation, check, this.#its(), { token, by });
      if (check.entitled !== undefined) return this.#unlike(check.entitled, body);
      return status < 300 ? [] : [`${status} ${JSON.stringify(body)}`];
    });
  }

  /** With a sign-in that counts no more, or none: each is refused in the same words before anything is looked at. */
  async tryWithout(token: string | undefined, expected: string): Promise<void> {
    const ada = this.world.cast.person('Ada');
    await this.#each(async (operation, check) => {
      const { body } = await this.#send(operation, check, this.#its(), { token, by: ada });
      return this.#unlike(expected, body);
    });
  }

  /** Somebody of another company, with every right in their own. */
  async tryFromElsewhere(leo: Person): Promise<void> {
    const { accessToken: token } = await leo.signIn();
    await this.#each(async (operation, check) => {
      const asker = { token, by: leo };
      const answer = await this.#send(operation, check, this.#its(), asker);
      if (check.about === 'own') return this.#tells(answer, this.#marks());
      return this.#differs(answer, await this.#send(operation, check, this.#invented(), asker));
    });
  }

  /** A colleague, who has no rights but those of a member. */
  async tryAsColleague(ravi: Person): Promise<void> {
    const { accessToken: token } = await ravi.signIn();
    await this.#each(async (operation, check) => {
      const asker = { token, by: ravi };
      const answer = await this.#send(operation, check, this.#its(), asker);
      if (check.needsRight === true) return this.#unlike('not_allowed', answer.body);
      if (check.about === 'own') return this.#tells(answer, this.#privateMarks());
      return this.#differs(answer, await this.#send(operation, check, this.#invented(), asker));
    });
  }

  /** An administrator, where the right is the owners' alone. */
  async tryAsAdministrator(ada: Person): Promise<void> {
    const { accessToken: token } = await ada.signIn();
    await this.#each(
      async (operation, check) => {
        const { body } = await this.#send(operation, check, this.#its(), { token, by: ada });
        return this.#unlike('not_allowed', body);
      },
      ({ ofOwners }) => ofOwners === true,
    );
  }

  /** Persons are nobody at the operators' port, whatever they may do elsewhere. */
  async tryOperators(operationsUrl: string): Promise<void> {
    const { accessToken: token } = await this.world.cast.person('Ada').signIn();
    const tenantId = await this.world.cast.tenant('Acme').id();
    const operations = (await operationsAt(operationsUrl, this.world)).filter(({ isPublic }) => !isPublic);
    const faults: Fault[] = [];
    for (const { name, method, path } of operations) {
      const door = this.#door(token, operationsUrl);
      const filled = path.replace('{tenantId}', tenantId).replace('{userId}', this.#its().userId);
      const { body } = await door.send<Problem>(method, filled, method === 'get' ? undefined : {});
      faults.push(...this.#unlike('operator_unknown', body).map((fault) => `${name}: ${fault}`));
    }
    this.tried = operations.length;
    this.faults = faults;
  }

  /** Says each message on a device of their own about what is Ada's, and about what is nobody's. */
  async trySaying(person: Person): Promise<void> {
    const faults: Fault[] = [];
    this.tried = 0;
    for (const [type, about] of Object.entries(MESSAGE_CHECKS)) {
      if (about === undefined) continue;
      const device = await person.openDevice(`device for ${type}`, this.#at());
      const answers: string[] = [];
      for (const whose of [this.#its(), this.#invented()]) answers.push(await this.#said(device, type, about(whose)));
      this.tried += 1;
      if (answers[0] !== answers[1]) faults.push(`${type}: ${answers[0]}, but of what is nobody's: ${answers[1]}`);
      if (device.received.some(({ seq }) => seq !== undefined)) faults.push(`${type}: events were shown`);
    }
    this.faults = faults;
  }

  /** Whether Acme has what it had, and Ada's phone is still open. */
  async isUntouched(): Promise<boolean> {
    await this.world.cast.person('Ada').device('phone').pingPong();
    return (await this.#state()) === this.#before;
  }

  async #said(device: ChatDevice, type: string, message: object): Promise<string> {
    const before = device.received.length;
    device.say({ type, ...message, ref: 'tried' });
    await device.pingPong();
    const answered = device.received.slice(before).filter((item) => item.type !== 'pong');
    return this.#withoutIds(JSON.stringify(answered.map((item) => ({ ...item, at: 'now' }))));
  }

  async #each(
    attempt: (operation: PublishedOperation, check: OperationCheck) => Promise<readonly Fault[]>,
    isTried: (check: OperationCheck) => boolean = () => true,
  ): Promise<void> {
    const operations = await operationsAt(this.#at(), this.world);
    const faults: Fault[] = [];
    this.tried = 0;
    for (const [name, check] of Object.entries(OPERATION_CHECKS)) {
      if (!isTried(check)) continue;
      const operation = operations.find((one) => one.name === name);
      if (operation === undefined) throw new Error(`${name} is not published`);
      this.tried += 1;
      faults.push(...(await attempt(operation, check)).map((fault) => `${name}: ${fault}`));
    }
    this.faults = faults;
  }

  #send(
    { method, path }: PublishedOperation,
    { query = '', body }: OperationCheck,
    of: Owned,
    { token, by }: { readonly token: string | undefined; readonly by: Person },
  ): Promise<Answer<Problem>> {
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => of[name as keyof Owned]);
    const asker = { password: by.password, count: (this.#count += 1) };
    return this.#door(token, this.#at()).send<Problem>(method, `${filled}${query}`, body?.(of, asker));
  }

  /** From a network of its own each time, so that no limit of attempts answers instead of the operation. */
  #door(token: string | undefined, url: string): HttpClient {
    return new HttpClient(url, 'somebody', this.world.evidence, token, new Network().address());
  }

  #unlike(expected: string, { code }: Problem): readonly Fault[] {
    return code === expected ? [] : [`answered with ${code ?? 'no refusal'} instead of ${expected}`];
  }

  #tells({ body }: Answer<unknown>, marks: readonly string[]): readonly Fault[] {
    const text = JSON.stringify(body ?? '');
    return marks.filter((mark) => text.includes(mark)).map((mark) => `tells "${mark}"`);
  }

  #differs(answer: Answer<unknown>, ofNothing: Answer<unknown>): readonly Fault[] {
    const [one, other] = [answer, ofNothing].map(({ status, body }) =>
      this.#withoutIds(JSON.stringify({ status, body })),
    );
    if (one !== other) return [`answered with ${one}, but of what is not there with ${other}`];
    return answer.status >= 400 ? [] : [`answered with ${one}`];
  }

  #withoutIds(text: string): string {
    return text.replaceAll(/\b[a-z]+_[0-9a-z]{26}\b/g, 'id');
  }

  /** Everything that Acme's people read of what is theirs. */
  async #state(): Promise<string> {
    const { cast } = this.world;
    const [ada, olga] = [await cast.person('Ada').http(), await cast.person('Olga').http()];
    const { threadId, runId } = this.#its();
    const paths = [
      ...['/v1/threads', `/v1/threads/${threadId}/events`, `/v1/runs/${runId}`, '/v1/reports'],
      ...['/v1/settings', '/v1/settings/history', '/v1/people', '/v1/api-keys', '/v1/company/time-zone'],
      ...['/v1/holds', '/v1/devices'],
    ];
    const read = paths.map((path) => ada.require<object>('get', path));
    return JSON.stringify(await Promise.all([...read, olga.require<object>('get', '/v1/single-sign-on')]));
  }

  #its(): Owned {
    if (this.#owned === null) throw new Error('Ada has nothing yet');
    return this.#owned;
  }

  #invented(): Owned {
    const { ids } = this.world.connections;
    return {
      ...{ threadId: ids.next('thread'), runId: ids.next('run'), callId: ids.next('call') },
      ...{
        connectionId: ids.next('conn'),
        sessionId: ids.next('session'),
        userId: ids.next('user'),
        keyId: ids.next('key'),
      },
      domain: DOMAIN,
    };
  }

  /** What must stand in no answer to a colleague. */
  #privateMarks(): readonly string[] {
    const { userId: _, domain: __, ...ids } = this.#its();
    return [TITLE, ...Object.values(ids)];
  }

  /** What must stand in no answer to another company. */
  #marks(): readonly string[] {
    return [...this.#privateMarks(), this.#its().userId, this.world.cast.tenant('Acme').suffix];
  }

  #at(): string {
    if (this.#url === null) throw new Error('nothing is prepared yet');
    return this.#url;
  }
}

interface Devices {
  readonly devices: readonly { readonly connections: readonly { readonly connectionId: string }[] }[];
}
