import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import type { OwnedRun } from '../../support/services/processes/owned-run';
import { compile } from '../../support/typescript/compile';

/** Where the compiled worker stands in a sandbox. */
const WORKER = '.proof-worker';
const LEFT_OUT = new Set(['node_modules', '.git', '.services', 'reports', 'proof', 'dist', WORKER]);
const COMPILED = '{ssot,platform,world,support,step-definitions,bench}/**/*.ts';

/**
 * A copy of the project in the system's temporary folder, with the instrumented code in place of the written one: the work
 * tree is never touched, and what is edited there meanwhile does not reach a proof under way. All is compiled, because
 * processes are started again and again; Node prefers the `.js` beside a `.ts`.
 */
export class Sandbox implements Disposable {
  private constructor(
    /** Owns the folder and what is started in it, so that both go when this process ends, however it does. */
    readonly run: OwnedRun,
    readonly root = mkdtempSync(join(run.folder(), 'proof-')),
  ) {}

  static create(project: string, instrumented: ReadonlyMap<string, string>, run: OwnedRun): Sandbox {
    const sandbox = new Sandbox(run);
    for (const entry of readdirSync(project)) {
      if (!LEFT_OUT.has(entry)) cpSync(join(project, entry), join(sandbox.root, entry), { recursive: true });
    }
    symlinkSync(resolve(__dirname, '../../node_modules'), join(sandbox.root, 'node_modules'), 'dir');
    for (const file of globSync(COMPILED, { cwd: sandbox.root })) {
      const path = file.replaceAll('\\', '/');
      sandbox.compile(path, instrumented.get(path) ?? readFileSync(join(sandbox.root, path), 'utf8'));
    }
    mkdirSync(join(sandbox.root, WORKER));
    for (const file of globSync('*.ts', { cwd: join(__dirname, '../worker') })) {
      sandbox.compile(`${WORKER}/${file}`, readFileSync(join(__dirname, '../worker', file), 'utf8'));
    }
    return sandbox;
  }

  /** Another sandbox like this one, for a second worker that needs other defects in its files. */
  copy(): Sandbox {
    const other = new Sandbox(this.run);
    cpSync(this.root, other.root, { recursive: true, verbatimSymlinks: true });
    return other;
  }

  get worker(): string {
    return join(this.root, WORKER, 'worker.js');
  }

  /** Loaded first in every process that a worker starts. */
  get childPreload(): string {
    return join(this.root, WORKER, 'child-reach.js');
  }

  /** Puts other code in place of a file, until the returned thing is disposed of. */
  replace(files: ReadonlyMap<string, string>): Disposable {
    const compiled = [...files.keys()].map((path) => join(this.root, path.replace(/ts$/, 'js')));
    const before = compiled.map((path) => readFileSync(path));
    for (const [path, text] of files) this.compile(path, text);
    return { [Symbol.dispose]: () => compiled.forEach((path, at) => writeFileSync(path, before[at] ?? '')) };
  }

  compiled(path: string): string {
    return readFileSync(join(this.root, path.replace(/ts$/, 'js')), 'utf8');
  }

  compile(path: string, text: string): void {
    writeFileSync(join(this.root, path.replace(/ts$/, 'js')), compile(text, join(this.root, path)));
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
