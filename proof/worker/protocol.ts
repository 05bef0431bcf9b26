/** What the driver and its workers say to each other (JSON over the IPC channel of the process). */

/** Where a check is found in the sandbox. */
export type CheckPlace =
  | { readonly kind: 'scenario'; readonly path: string }
  | { readonly kind: 'test'; readonly file: string; readonly title: string; readonly nth: number };

/** Lists the module tests of these files. */
export interface ListRequest {
  readonly type: 'list';
  readonly files: readonly string[];
}

/** Runs one check, with one mutant switched on or none. */
export interface RunRequest {
  readonly type: 'run';
  readonly place: CheckPlace;
  /** `null`: none. */
  readonly mutant: string | null;
  /** A step or a test that takes longer has failed. */
  readonly limitMs: number;
  /** How often the mutated code may run before it counts as endless; absent: as often as it likes. */
  readonly hitLimit?: number;
  /** Whether the answer says which mutants were reached. */
  readonly measure: boolean;
}

/** Asks which mutants ran while modules were loaded so far. */
export interface LoadedRequest {
  readonly type: 'loaded';
}

export type Request = ListRequest | RunRequest | LoadedRequest;

/** A module test as its file registered it. */
export interface ListedTest {
  readonly file: string;
  /** Titles of the suites around it and its own, joined by " > ". */
  readonly title: string;
  /** How many tests of the file with the same title came before. */
  readonly nth: number;
  /** Where the call that registered it stands in the compiled file; both count from 1. */
  readonly line: number;
  readonly column: number;
}

export interface RunReply {
  readonly type: 'ran';
  readonly outcome: 'passed' | 'failed';
  readonly ms: number;
  /** First line of the reason. */
  readonly message?: string;
  /** A scenario that failed in a Given step, so that nothing of what it is about was done. */
  readonly isEarly?: boolean;
  /** Hits by mutant in this process. */
  readonly reached?: Readonly<Record<string, number>>;
  /** Mutants reached in processes that it started, while they loaded their modules or later. */
  readonly reachedByChildren?: readonly string[];
}

export type Reply =
  | RunReply
  | { readonly type: 'loaded'; readonly mutants: readonly string[] }
  | { readonly type: 'listed'; readonly tests: readonly ListedTest[] }
  /** The code cannot even be loaded. */
  | { readonly type: 'unloadable'; readonly message: string };

/** Set for a worker: the file into which the processes that it starts write what they reached. */
export const REACH_FILE = 'PROOF_REACH_FILE';
