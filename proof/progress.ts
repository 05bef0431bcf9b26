/** One line on stderr: how many defects are done, how fast, how long it will take. Redrawn on a terminal only. */
export class Progress {
  readonly #what: string;
  readonly #total: number;
  readonly #from = performance.now();
  #done = 0;
  #unnoticed = 0;
  #shownAt = 0;

  constructor(what: string, total: number) {
    this.#what = what;
    this.#total = total;
  }

  add(unnoticed = false): void {
    this.#done += 1;
    if (unnoticed) this.#unnoticed += 1;
    const now = performance.now();
    const pauseMs = process.stderr.isTTY ? 200 : 10_000;
    if (now - this.#shownAt < pauseMs && this.#done < this.#total) return;
    this.#shownAt = now;
    const perSecond = this.#done / Math.max(0.001, (now - this.#from) / 1000);
    const left = Math.ceil((this.#total - this.#done) / perSecond);
    const unnoticedSoFar = this.#unnoticed > 0 ? `${this.#unnoticed} unnoticed, ` : '';
    const line =
      `${this.#what}: ${this.#done}/${this.#total} done, ${unnoticedSoFar}` +
      `${perSecond.toFixed(1)}/s, ${Math.floor(left / 60)} min ${left % 60} s left`;
    if (!process.stderr.isTTY) process.stderr.write(`${line}\n`);
    else process.stderr.write(`\r\u001b[2K${line}${this.#done === this.#total ? '\n' : ''}`);
  }
}
