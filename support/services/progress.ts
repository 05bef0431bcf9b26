import type { Writable } from 'node:stream';

const PATIENCE_MS = 1_000;

/**
 * Says what is going on once it has taken longer than a second: on a terminal in one line that is rewritten, elsewhere
 * as lines of their own.
 */
export class Progress {
  readonly #isTerminal: boolean;
  readonly #timer: NodeJS.Timeout;
  #isVisible = false;
  #last: string;

  constructor(
    private readonly out: Writable,
    first: string,
  ) {
    this.#isTerminal = (out as { isTTY?: boolean }).isTTY === true;
    this.#last = first;
    this.#timer = setTimeout(() => {
      this.#isVisible = true;
      this.#show(this.#last);
    }, PATIENCE_MS);
  }

  say(line: string): void {
    this.#last = line;
    if (this.#isVisible) this.#show(line);
  }

  /** Ends with a line that stays; without one, nothing stays on a terminal. */
  end(line?: string): void {
    clearTimeout(this.#timer);
    if (this.#isVisible && this.#isTerminal) this.out.write('\r\u001b[2K');
    if (line !== undefined) this.out.write(`${line}\n`);
  }

  #show(line: string): void {
    this.out.write(this.#isTerminal ? `\r\u001b[2K${line}` : `${line}\n`);
  }
}
