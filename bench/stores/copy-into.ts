import type { Connection, Submittable } from 'pg';

/** PostgreSQL's own bulk load of lines of text: the fastest way in, used as a floor. */
export class CopyInto implements Submittable {
  readonly done: Promise<void>;
  #settle: (failure?: Error) => void = () => {};

  constructor(
    private readonly statement: string,
    private readonly lines: string,
  ) {
    this.done = new Promise((resolve, reject) => {
      this.#settle = (failure) => (failure === undefined ? resolve() : reject(failure));
    });
  }

  submit(connection: Connection): void {
    connection.query(this.statement);
  }

  handleCopyInResponse(connection: Connection): void {
    const raw = connection as Connection & { sendCopyFromChunk(chunk: Buffer): void; endCopyFrom(): void };
    raw.sendCopyFromChunk(Buffer.from(this.lines));
    raw.endCopyFrom();
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.#settle();
  }

  handleError(failure: Error): void {
    this.#settle(failure);
  }
}
