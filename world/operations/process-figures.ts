/** What a process holds. */
export interface ProcessFigures {
  /** Heap and buffers in use after collection, bytes. */
  readonly heldBytes: number;
  /** Memory of the process now, and the most it ever was, bytes. */
  readonly residentBytes: number;
  readonly mostResidentBytes: number;
  /** Connections that others opened to it and that it has not closed. */
  readonly openConnections: number;
}
/** The question and the answer between an instance and its parent. */
export const FIGURES = 'figures';
/** What an instance tells at once when something was thrown that nobody caught: from then on it is on its way out. */
export const UNCAUGHT = 'uncaught';
/** An instance tells that a signal would be obeyed from now on. */
export const OBEYS = 'obeys';
/** Makes an instance fail in a way that nobody has foreseen: something is thrown, or a promise rejects, and nobody catches it. */
export const FAIL = 'fail';
export type Failure = 'thrown' | 'rejected';
