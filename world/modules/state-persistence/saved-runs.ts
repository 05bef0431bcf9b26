import { randomInt } from 'node:crypto';
import type { Archive } from '../../../ssot/analytics';
import type { Auth } from '../../../ssot/auth';
import { plans } from '../../../ssot/configuration-manager';
import type { Database } from '../../../ssot/database-manager';
import {
  noMetrics,
  PlatformError,
  silentLogger,
  systemClock,
  vouchFor,
  type Json,
  type RunId,
  type TenantContext,
  type ThreadId,
} from '../../../ssot/kernel';
import {
  openStatePersistence,
  startRunArchiving,
  type RunSnapshot,
  type SaveInput,
  type StatePersistence,
} from '../../../ssot/state-persistence';
import { Network } from '../../actors/network';
import { COMPANIES, type Company } from '../../actors/personas';
import { eventually } from '../../eventually';
import { addressOf } from '../../settings';
import { FaultProxy } from '../../operations/fault-proxy';
import type { Connections } from '../../stores/connections';
import { databaseAt } from '../../stores/database-at';
import { ControlledClock } from '../../operations/controlled-clock';
import type { PassingTime } from '../../operations/passing-time';
import { openUsage } from '../analytics/analytics-under-test';
import { authOn } from '../auth/open-auth';

const DAY_MS = 86_400_000;
/** After which only the history has what an ended run has saved. */
const MOVED_AFTER_MS = 30 * DAY_MS;
/** The name of a save whose confirmation was lost, which its holder uses again. */
const AGAIN = 'again';

interface Host {
  readonly connections: Connections;
  readonly time: PassingTime;
  own<T extends AsyncDisposable>(thing: T): T;
}
interface Stores {
  readonly db: Database;
  readonly archive: Archive;
  readonly persistence: StatePersistence;
  readonly auth: Auth;
}
/** What comes to harm in the history. */
export type Harm = 'a flipped bit' | 'what another company has saved';

/** What runs have saved, on a clock of the scenario's own, long before anybody else's. */
export class SavedRuns {
  /** What the latest attempt was answered. */
  told = '';
  /** Those that were told to whoever saved at once, in order, and the one that they began with. */
  readonly versions: number[] = [];
  before = 0;
  /** As whoever took it over, or was cut off from it, has found it. */
  taken: RunSnapshot | undefined;
  readonly #clock = new ControlledClock(Date.UTC(randomInt(1_000, 1_900), 0, 1));
  #stores: Promise<Stores> | undefined;
  #run: { readonly runId: RunId; readonly threadId: ThreadId; readonly by: TenantContext } | undefined;
  #asSaved: RunSnapshot | undefined;
  #endedAt = Infinity;
  readonly #companies = new Map<Company, Promise<TenantContext>>();

  constructor(private readonly host: Host) {}

  /** A new run of the company, saved step by step by its first holder. */
  async begin(company: Company, steps: number): Promise<void> {
    const { ids } = this.host.connections;
    this.#run = { runId: ids.next('run'), threadId: ids.next('thread'), by: await this.#contextOf(company) };
    for (let version = 0; version < steps; version++) await this.#save(1, version);
  }

  /** Somebody else has taken the run over and saved a step; then its first holder wakes up, and even reads which version is the newest. */
  async wakeUpReplaced(): Promise<void> {
    const { version } = await this.read();
    await this.#save(2, version);
    this.told = await answerOf(this.#save(1, version + 1));
  }

  /** Both save whenever they may, until so many steps are saved together. */
  async saveAtOnce(steps: number): Promise<void> {
    let left = steps;
    this.before = (await this.read()).version;
    const holder = async (): Promise<void> => {
      while (left > 0) {
        left--;
        const { version } = await this.read();
        const answer = await answerOf(this.#save(1, version));
        if (answer === '') this.versions.push(version + 1);
        else if (answer.startsWith('Somebody else saved first')) left++;
        else throw new Error(answer);
      }
    };
    await Promise.all([holder(), holder()]);
    this.versions.sort((a, b) => a - b);
  }

  /** Its holder tries, and is cut off from PostgreSQL. */
  async saveWithoutPostgres(step: number): Promise<void> {
    const { proxy, persistence } = await this.#elsewhere();
    const { runId, by } = this.#known();
    proxy.cut();
    this.told = await answerOf(this.#save(1, step - 1, {}, persistence));
    proxy.restore();
    this.taken = await eventually(() => persistence.load(by, runId));
  }

  /** PostgreSQL has stored it, and its holder does not know. */
  async loseConfirmation(step: number): Promise<void> {
    const { proxy, persistence } = await this.#elsewhere();
    proxy.loseReplyToCommitOf('insert into run_save');
    this.told = await answerOf(this.#save(1, step - 1, { saveId: AGAIN }, persistence));
    if (this.told === '') throw new Error('the confirmation was not lost');
  }

  saveAgain(step: number): Promise<void> {
    return this.#save(1, step - 1, { saveId: AGAIN });
  }

  async saveMuch(step: number, bytes: number): Promise<void> {
    // As JSON it stands between quotes.
    this.told = await answerOf(this.#save(1, step - 1, { state: 'x'.repeat(bytes - 2) }));
  }

  /** Another instance, which shares nothing with the first but the stores, takes it over and saves the next step. */
  async goOnElsewhere(): Promise<void> {
    const { persistence } = await this.#elsewhere();
    const { runId, by } = this.#known();
    this.taken = await persistence.load(by, runId);
    await this.#save(2, this.taken.version, {}, persistence);
  }

  async end(): Promise<void> {
    const { version } = await this.read();
    await this.#save(1, version, { ending: 'completed' });
    this.#asSaved = await this.read();
    this.#endedAt = this.#clock.now();
    await this.#turn();
    this.host.time.runsIn((ms) => this.pass(ms));
  }

  /** After so long an instance looks through all runs. */
  async pass(ms: number): Promise<void> {
    this.#clock.advance(ms);
    await this.#turn();
  }

  async read(): Promise<RunSnapshot> {
    const { persistence } = await this.#opened();
    const { runId, by } = this.#known();
    return persistence.load(by, runId);
  }

  /** Whether it reads as it did on the day on which it ended, and from where. */
  async readAgain(): Promise<{ readonly tier: string; readonly isAsSaved: boolean }> {
    const { tier, ...now } = await this.read();
    const { tier: _, ...then } = this.#asSaved as RunSnapshot;
    return { tier, isAsSaved: JSON.stringify(now) === JSON.stringify(then) };
  }

  /** What a company is answered that names this run, and one that never was. */
  async askedBy(company: Company): Promise<readonly string[]> {
    const { persistence } = await this.#opened();
    const by = await this.#contextOf(company);
    const never = this.host.connections.ids.next('run');
    return Promise.all([this.#known().runId, never].map((runId) => answerOf(persistence.load(by, runId))));
  }

  async harm(harm: Harm): Promise<void> {
    const { archive } = await this.#opened();
    const { runId, by } = this.#known();
    const place = { tenantId: by.tenantId, kind: 'run', subject: runId };
    const stored = await archive.get(place, 1);
    if (stored === undefined) throw new Error('it is not in the history');
    const body = harm === 'a flipped bit' ? flipped(stored.body) : await this.#ofAnother();
    await archive.put({ ...place, userId: by.userId, part: 1, checksum: stored.checksum, body });
    this.told = await answerOf(this.read());
  }

  async #ofAnother(): Promise<string> {
    const other = new SavedRuns(this.host);
    // Another company of that name, on the one plan whose runs go to the history.
    await other.begin('Acme', 1);
    await other.end();
    await other.pass(MOVED_AFTER_MS);
    const { runId, by } = other.#known();
    const stored = await (await this.#opened()).archive.get({ tenantId: by.tenantId, kind: 'run', subject: runId }, 1);
    return stored?.body ?? '';
  }

  async #save(
    fence: number,
    version: number,
    more: Partial<SaveInput> = {},
    through?: StatePersistence,
  ): Promise<void> {
    const { persistence } = await this.#opened();
    const { runId, threadId, by } = this.#known();
    const saveId = `${runId}-${version}-${fence}-${randomInt(1_000_000)}`;
    await (through ?? persistence).save(by, {
      ...{ runId, threadId, agent: 'data', fence, expectedVersion: version, step: version + 1 },
      ...{ phase: 'data', state: foundUntil(version + 1), shape: 1, saveId, ...more },
    });
  }

  /** An instance looks through all runs, until the history has this one, and alone once its time has come. */
  async #turn(): Promise<void> {
    const { db, archive, auth } = await this.#opened();
    const { runId, by } = this.#known();
    await using _ = startRunArchiving({
      ...{ db, archive, clock: this.#clock, logger: silentLogger, metrics: noMetrics, plans },
      plansOf: auth.accounts.keptPlansOf,
    });
    this.#clock.advance(60_000);
    const isMoved = this.#clock.now() - this.#endedAt >= MOVED_AFTER_MS;
    await eventually(async () => {
      const copy = await archive.get({ tenantId: by.tenantId, kind: 'run', subject: runId }, 1);
      const { tier } = await this.read();
      if (copy === undefined || (tier === 'cold') !== isMoved)
        throw new Error(`it is ${copy ? 'copied' : 'not copied'}, and read as ${tier}`);
    });
  }

  /** Of a company that the operators have brought in. */
  #contextOf(company: Company): Promise<TenantContext> {
    const known = this.#companies.get(company);
    if (known !== undefined) return known;
    const made = this.#bringIn(company);
    this.#companies.set(company, made);
    return made;
  }

  async #bringIn(company: Company): Promise<TenantContext> {
    const { provisioning } = (await this.#opened()).auth;
    const operator = await provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), new Network().address());
    const { plan } = COMPANIES[company];
    const tenantId = await provisioning.createTenant(operator, { name: company, plan });
    return vouchFor({ tenantId, userId: this.host.connections.ids.next('user'), plan, permissions: [] });
  }

  #opened(): Promise<Stores> {
    return (this.#stores ??= (async () => {
      const db = await this.host.connections.database();
      const { archive } = this.host.own(await openUsage());
      const persistence = await openStatePersistence({
        ...{ warm: db, cold: () => archive, clock: this.#clock, log: silentLogger, metrics: noMetrics },
      });
      const auth = await authOn(this.host.connections, { clock: systemClock });
      return { db, archive, persistence, auth };
    })());
  }

  /** An instance of its own, which can be cut off from PostgreSQL. */
  async #elsewhere(): Promise<{ readonly proxy: FaultProxy; readonly persistence: StatePersistence }> {
    const proxy = this.host.own(await FaultProxy.open(addressOf('SPEC_POSTGRES_URL')));
    const db = this.host.own(await databaseAt(proxy.url));
    const persistence = await openStatePersistence({
      ...{ warm: db, clock: this.#clock, log: silentLogger, metrics: noMetrics },
    });
    return { proxy, persistence };
  }

  #known() {
    if (this.#run === undefined) throw new Error('no run has been saved');
    return this.#run;
  }
}

async function answerOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return '';
  } catch (error) {
    if (error instanceof PlatformError) return error.message;
    throw error;
  }
}

/** What its steps have found, up to this one. */
export function foundUntil(step: number): Json {
  return { found: Array.from({ length: step }, (_, before) => `what step ${before + 1} has found`) };
}

function flipped(body: string): string {
  const bytes = Buffer.from(body, 'base64');
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  return bytes.toString('base64');
}
