type Pass = (ms: number) => Promise<void> | void;

/**
 * Time in one scenario. It passes for whatever the scenario has set up last: a chat page, an instance of its own, or the
 * clock of its working state. Nothing sleeps.
 */
export class PassingTime {
  constructor(private passes: Pass) {}

  /** From here on time passes there. */
  runsIn(passes: Pass): void {
    this.passes = passes;
  }

  async pass(ms: number): Promise<void> {
    await this.passes(ms);
  }
}
