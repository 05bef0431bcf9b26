import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Ledger } from '../ledger/ledger';
import type { RunModel } from '../model/run-model';
import type { ModuleProofs } from './pages/modules-page';
import { renderSite } from './render-site';

const ASSETS = join(__dirname, 'assets');

export interface BuiltSite {
  /** How many pages were written. */
  readonly pages: number;
  /** Size of all pages, without style and script. */
  readonly bytes: number;
}

/**
 * Writes the site of a run to `outDir`, replacing the one that is there: it is built beside it and moved into place, so
 * that a reader never meets half a site. Throws when `outDir` holds anything but a site.
 */
export function buildSite(
  model: RunModel,
  ledger: Ledger,
  outDir: string,
  proofs: ModuleProofs = new Map(),
): BuiltSite {
  if (existsSync(outDir) && readdirSync(outDir).length > 0 && !existsSync(join(outDir, 'index.html')))
    throw new Error(`${outDir} holds something else than a site, and would be replaced. Choose another folder.`);
  const fresh = `${outDir}.new`;
  rmSync(fresh, { recursive: true, force: true });
  const built = { pages: 0, bytes: 0 };
  for (const [path, page] of renderSite(model, ledger, proofs)) {
    const file = join(fresh, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, page);
    built.pages += 1;
    built.bytes += Buffer.byteLength(page);
  }
  cpSync(ASSETS, fresh, { recursive: true });
  rmSync(outDir, { recursive: true, force: true });
  renameSync(fresh, outDir);
  return built;
}
