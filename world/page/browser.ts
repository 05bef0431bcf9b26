import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type BrowserContextOptions } from 'playwright-core';
import { unpackedChromium } from './chromium';

/** A thing that has not shown itself by then does not come. */
const PATIENCE_MS = 10_000;

/**
 * The browser of one worker: started when a scenario first needs it, and shared; each person's tab has a context of its
 * own. It keeps its files in the run's folder and ends when its pipe to this process does, so a killed run leaves
 * neither behind.
 */
export class Browser implements AsyncDisposable {
  #started: Promise<{ own: BrowserContext; folder: string }> | null = null;

  async context(options: BrowserContextOptions): Promise<BrowserContext> {
    this.#started ??= start();
    const browser = (await this.#started).own.browser();
    if (browser === null) throw new Error('the browser has ended');
    const context = await browser.newContext({ locale: 'en', reducedMotion: 'reduce', ...options });
    context.setDefaultTimeout(PATIENCE_MS);
    return context;
  }

  /** Afterwards it starts anew when needed: one process runs the suite again and again while it is proven. */
  async [Symbol.asyncDispose](): Promise<void> {
    const started = this.#started;
    this.#started = null;
    if (started === null) return;
    const { own, folder } = await started;
    await own.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function start(): Promise<{ own: BrowserContext; folder: string }> {
  const { executable, env } = await unpackedChromium();
  const folder = mkdtempSync(join(process.env['SPEC_RUN_FOLDER'] ?? tmpdir(), 'specs-browser-'));
  const own = await chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath: executable,
    artifactsDir: join(folder, 'artifacts'),
    env: { ...process.env, ...env },
    // The runner decides what its signals mean.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  return { own, folder };
}
