export type Say = (progress: string) => void;

/** One line of a verdict: what was counted, against what is promised. */
export interface Finding {
  readonly what: string;
  readonly counted: string;
  /** Empty: a figure that nobody has promised anything about. */
  readonly promised: string;
  readonly met: boolean;
  /** The first of what is wrong, in a sentence each. */
  readonly details?: readonly string[];
}

/** A number, or a switch, that can be given on the command line. */
export interface Option {
  readonly says: string;
  readonly default: number | false;
}
export type Options = Readonly<Record<string, Option>>;

export interface Run {
  readonly seed: number;
  readonly number: (option: string) => number;
  readonly isOn: (option: string) => boolean;
  readonly say: Say;
}

/** Plays an exercise on real processes of the platform and real stores. */
export type Play = (run: Run) => Promise<readonly Finding[]>;

export interface Exercise {
  readonly default: Play;
  /** What it shows, in a line. */
  readonly about: string;
  readonly options: Options;
}

const MOST_DETAILS = 5;

/** Of what must not be: nothing is promised, and the first few are named. */
export function none(what: string, wrong: readonly string[]): Finding {
  return {
    what,
    counted: wrong.length.toLocaleString('en'),
    promised: 'none',
    met: wrong.length === 0,
    details: wrong.slice(0, MOST_DETAILS),
  };
}

/** So many, neither fewer nor more. */
export function exactly(what: string, promised: number, count: number): Finding {
  return {
    what,
    counted: count.toLocaleString('en'),
    promised: promised.toLocaleString('en'),
    met: count === promised,
  };
}

export function figure(what: string, counted: number | string): Finding {
  const text = typeof counted === 'number' ? counted.toLocaleString('en', { maximumFractionDigits: 1 }) : counted;
  return { what, counted: text, promised: '', met: true };
}

/** Of what the exercise lives from: without any it has shown nothing. */
export function some(what: string, count: number): Finding {
  return { what, counted: count.toLocaleString('en'), promised: 'some', met: count > 0 };
}
