import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const READY_MS = 20_000;

/** Claims of somebody who works at a company, as its provider tells them. */
export type Claims = Readonly<Record<string, unknown>>;

export interface OpenedProvider {
  readonly name: string;
  readonly client: {
    readonly id: string;
    readonly secret: string;
    readonly redirect: string;
    readonly logout?: string;
  };
  readonly people: Readonly<Record<string, Claims>>;
}

/** A process with real identity providers, one for each company that needs one. */
export class ProviderProcess implements AsyncDisposable {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(): Promise<ProviderProcess> {
    const child = fork(resolve(__dirname, 'provider-server.mts'), [], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    const said: string[] = [];
    child.stderr?.setEncoding('utf8').on('data', (text: string) => said.push(text));
    const ended = once(child, 'exit').then(() => {
      throw new Error(`the identity provider ended before it served:\n${said.join('')}`);
    });
    const [message] = (await Promise.race([
      once(child, 'message', { signal: AbortSignal.timeout(READY_MS) }),
      ended,
    ])) as [{ url: string }];
    ended.catch(() => undefined);
    return new ProviderProcess(child, message.url);
  }

  issuerOf(name: string): string {
    return `${this.url}/${name}`;
  }

  /** Opens a provider, or changes who works at the company of an open one. */
  async open(wanted: OpenedProvider): Promise<void> {
    const opened = once(this.child, 'message', { signal: AbortSignal.timeout(READY_MS) });
    this.child.send({ type: 'open', ...wanted });
    await opened;
  }

  /** It keeps its connections and answers nothing. */
  freeze(): void {
    this.child.kill('SIGSTOP');
  }

  thaw(): void {
    this.child.kill('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }
}
