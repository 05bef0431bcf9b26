import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { idText } from '../random-text';
import { removeContainers } from '../containers/removal';
import { birthOf, endGroup, release, sweep, writeRecord, type OwnedProcess, type RunRecord } from './ownership';

const RECORDS = resolve(__dirname, '../../../.services');

/** Native type stripping takes these files as they are; the flag keeps Node from remarking on it. */
export const PLAIN_NODE = ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', '--disable-warning=ExperimentalWarning'];

/** The book of what this run makes outside itself: processes, one folder, containers. Booked first, then made. */
export class OwnedRun {
  #record: RunRecord;
  #closing: Promise<void> | null = null;

  private constructor(
    readonly id: string,
    private readonly path: string,
    runner: RunRecord['runner'],
  ) {
    this.#record = { runner, processes: [], folder: null, containers: null };
    this.#write();
    this.#watchdog = this.#startWatchdog();
  }
  readonly #watchdog: ChildProcess;

  /** Releases first what dead runs left behind, and says so. */
  static async open(say: (line: string) => void): Promise<OwnedRun> {
    mkdirSync(RECORDS, { recursive: true });
    const { released, refused } = await sweep(RECORDS, removeContainers);
    if (released > 0) say(`removed what ${released} killed run${released > 1 ? 's' : ''} had left behind`);
    for (const line of refused) say(`could not remove what a killed run left behind: ${line}`);
    const birth = birthOf(process.pid);
    if (birth === null) throw new Error('this process cannot read its own birth from the operating system');
    const id = idText();
    return new OwnedRun(id, join(RECORDS, `${id}.json`), { pid: process.pid, birth });
  }

  /** Where the state of this run's services is told to whoever cannot ask (the workers). */
  get statusPath(): string {
    return join(this.folder(), 'status.json');
  }

  /**
   * The run's own folder. It lies in the system's folder for temporary files, because the account that PostgreSQL runs
   * under when we are root need not be allowed to enter the repository.
   */
  folder(): string {
    if (this.#record.folder === null) {
      const folder = join(tmpdir(), `specs-${this.id}`);
      this.#change({ folder });
      mkdirSync(folder, { mode: 0o711 });
    }
    return this.#record.folder as unknown as string;
  }

  /** Value for the label `specs.run` of containers that are about to be made. */
  containersLabel(): string {
    this.#change({ containers: this.id });
    return this.id;
  }

  /** Starts a process and books it before anything else happens. `signal` is what ends it at once and cleanly. */
  own(start: () => ChildProcess, signal: NodeJS.Signals): ChildProcess {
    const child = this.#start(start);
    this.#book(child, { signal });
    return child;
  }

  /**
   * The same for one that is started detached, so that it leads a group: it is ended with everything that it starts, whatever
   * they are at. Answers the way to end them all now.
   */
  ownGroup(start: () => ChildProcess): { readonly child: ChildProcess; readonly end: () => void } {
    const child = this.#start(start);
    const owned = this.#book(child, { signal: 'SIGKILL', withGroup: true });
    const end = (): void => {
      if (owned === null || !this.#record.processes.includes(owned)) return;
      endGroup(owned);
      this.#change({ processes: this.#record.processes.filter((each) => each !== owned) });
    };
    return { child, end };
  }

  #start(start: () => ChildProcess): ChildProcess {
    if (this.#closing !== null) throw new Error('the run is being stopped');
    return start();
  }

  #book({ pid }: ChildProcess, how: Pick<OwnedProcess, 'signal' | 'withGroup'>): OwnedProcess | null {
    const birth = pid === undefined ? null : birthOf(pid);
    if (pid === undefined || birth === null) return null;
    const owned = { pid, birth, ...how };
    this.#change({ processes: [...this.#record.processes, owned] });
    return owned;
  }

  /** Ends and removes everything that is still there. Repeats answer with the first one's outcome. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await release(this.path, removeContainers);
    this.#watchdog.ref(); // Whoever awaits this must not fall asleep for good because nothing else is left to do.
    const ended = once(this.#watchdog, 'exit');
    this.#watchdog.stdin?.end();
    await ended;
  }

  /** In a session of its own, so that neither Ctrl-C nor a closed terminal reaches it. */
  #startWatchdog(): ChildProcess {
    const watchdog = spawn(process.execPath, [...PLAIN_NODE, join(__dirname, 'watchdog.mts'), this.path], {
      detached: true,
      stdio: ['pipe', 'ignore', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    watchdog.unref();
    (watchdog.stdin as unknown as { unref(): void }).unref();
    return watchdog;
  }

  #change(change: Partial<RunRecord>): void {
    this.#record = { ...this.#record, ...change };
    this.#write();
  }

  #write(): void {
    writeRecord(this.path, this.#record);
  }
}
