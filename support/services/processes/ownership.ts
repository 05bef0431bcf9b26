import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

// Read by the suite as TypeScript and by the watchdog in plain Node: only types that can be erased, only `node:` imports.

/** A process by number and moment of birth: a number alone is given to somebody else one day. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly birth: string;
}

export interface OwnedProcess extends ProcessIdentity {
  /** What ends it at once and cleanly. */
  readonly signal: NodeJS.Signals;
  /** It leads a group, and goes with everything that it has started. */
  readonly withGroup?: true;
}

/** Everything that one run owns. Written to `.services/<id>.json` before a thing is made, so that it can be unmade. */
export interface RunRecord {
  readonly runner: ProcessIdentity;
  /** In the order of their start. */
  readonly processes: readonly OwnedProcess[];
  /** Folder of all data; null until there is one. */
  readonly folder: string | null;
  /** Value of the label `specs.run` on this run's containers; null while there are none. */
  readonly containers: string | null;
}

const GRACE_MS = 5_000;
const LOOK_AGAIN_MS = 20;

/** When the process was born, in the kernel's own words; null when there is no such process. */
export function birthOf(pid: number): string | null {
  try {
    if (process.platform !== 'linux') {
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' }).trim();
    }
    // The name in field 2 may hold anything, even a bracket; what counts stands after the last one.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    const [state, started] = [fields[0], fields[19]];
    return state === 'Z' || started === undefined ? null : started;
  } catch {
    return null; // Gone between two looks: the question is answered.
  }
}

export function isAlive({ pid, birth }: ProcessIdentity): boolean {
  return birthOf(pid) === birth;
}

/** Replaces the record in one step, so that nobody ever reads half of one. */
export function writeRecord(path: string, record: RunRecord): void {
  writeFileSync(`${path}.new`, JSON.stringify(record));
  renameSync(`${path}.new`, path);
}

/** Ends and removes what the record names, last made first, and the record only when all of it is gone. Safe to repeat. */
export async function release(path: string, removeContainers: (label: string) => Promise<void>): Promise<void> {
  const record = readRecord(path);
  if (record === null) return;
  for (const owned of [...record.processes].reverse()) await end(owned);
  if (record.folder !== null) rmSync(record.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  if (record.containers !== null) await removeContainers(record.containers);
  rmSync(path, { force: true });
}

/** Releases what runs left behind whose runner is dead. Answers how many, and which could not be released and why. */
export async function sweep(
  directory: string,
  removeContainers: (label: string) => Promise<void>,
): Promise<{ released: number; refused: string[] }> {
  let released = 0;
  const refused: string[] = [];
  for (const name of readdirSync(directory).filter((each) => each.endsWith('.json'))) {
    const path = join(directory, name);
    const record = readRecord(path);
    if (record === null || isAlive(record.runner)) continue;
    try {
      await release(path, removeContainers);
      released += 1;
    } catch (error) {
      refused.push(`${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { released, refused };
}

function readRecord(path: string): RunRecord | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as RunRecord;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function end(owned: OwnedProcess): Promise<void> {
  const deadline = performance.now() + GRACE_MS;
  if (owned.withGroup) endGroup(owned);
  else if (isAlive(owned)) process.kill(owned.pid, owned.signal);
  while (isAlive(owned)) {
    if (performance.now() > deadline) process.kill(owned.pid, 'SIGKILL');
    await pause(LOOK_AGAIN_MS);
  }
}

/**
 * Kills a leader and all that it has started, also when it has ended before them: nobody else is given its number while one of
 * its group lives.
 */
export function endGroup({ pid, birth }: ProcessIdentity): void {
  const now = birthOf(pid);
  if (now !== null && now !== birth) return; // Somebody else's by now.
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // Gone already.
  }
}
