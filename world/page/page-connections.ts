import type { Page, WebSocketRoute } from 'playwright-core';

interface Connection {
  readonly page: WebSocketRoute;
  readonly platform: WebSocketRoute;
}

/** The live connections of one tab on their way to the platform: what is told there may be doubled, lost, late or spoilt. */
export class PageConnections {
  readonly #open = new Set<Connection>();
  #toLeave: ReadonlySet<Connection> = new Set();
  readonly #late: (() => void)[] = [];
  #isDown = false;
  #doubles = false;
  #losesNext = false;
  #spoilsNext = false;
  #holdsBackNew = false;
  #isAskedToMove = false;

  async watch(page: Page): Promise<void> {
    await page.routeWebSocket(/\/v1\/chat$/, (connection) => this.#accept(connection));
  }

  /** Whether an instance that stops has asked the tab to connect elsewhere. */
  get isAskedToMove(): boolean {
    return this.#isAskedToMove;
  }

  /** Whether the tab has opened another connection beside those that it was asked to leave. */
  get isMoving(): boolean {
    return this.#open.size > this.#toLeave.size;
  }

  /** Whether the tab has one connection, and it is none of those that it was asked to leave. */
  get hasMoved(): boolean {
    return this.#open.size === 1 && [...this.#open].every((connection) => !this.#toLeave.has(connection));
  }

  /** Ends every connection, and new ones as soon as they come, until `restore`. */
  async breakDown(): Promise<void> {
    this.#isDown = true;
    for (const { page, platform } of this.#open) await Promise.all([page.close({ code: 1001 }), platform.close()]);
    this.#open.clear();
  }

  restore(): void {
    this.#isDown = false;
  }

  /** Everything that is told from now on is told twice. */
  double(): void {
    this.#doubles = true;
  }

  /** The next event of an agent is lost. */
  loseOne(): void {
    this.#losesNext = true;
  }

  /** The next question reaches the platform in a shape that it refuses. */
  spoilOne(): void {
    this.#spoilsNext = true;
  }

  /** On connections that the tab opens from now on it hears nothing until `release`. */
  holdBackNew(): void {
    this.#holdsBackNew = true;
    this.#toLeave = new Set(this.#open);
  }

  release(): void {
    this.#holdsBackNew = false;
    for (const tell of this.#late.splice(0)) tell();
  }

  async #accept(page: WebSocketRoute): Promise<void> {
    if (this.#isDown) return page.close({ code: 1001 });
    const platform = page.connectToServer();
    const connection: Connection = { page, platform };
    const isNew = this.#holdsBackNew;
    this.#open.add(connection);
    page.onMessage((said) => platform.send(this.#onTheWayOut(String(said))));
    page.onClose(() => {
      this.#open.delete(connection);
      void platform.close();
    });
    platform.onMessage((told) => {
      const tell = (): void => this.#tell(page, String(told));
      this.#isAskedToMove ||= String(told).includes('"type":"restarting"');
      if (isNew && this.#holdsBackNew) this.#late.push(tell);
      else tell();
    });
  }

  #tell(page: WebSocketRoute, told: string): void {
    if (this.#losesNext && told.includes('"type":"agent_')) {
      this.#losesNext = false;
      return;
    }
    page.send(told);
    if (this.#doubles) page.send(told);
  }

  #onTheWayOut(said: string): string {
    if (!this.#spoilsNext || !said.includes('"send_message"')) return said;
    this.#spoilsNext = false;
    return JSON.stringify({ ...(JSON.parse(said) as object), text: ' ' });
  }
}
