import { globSync, readFileSync } from 'node:fs';
import { extname, join, resolve, sep } from 'node:path';
import type { App } from '../server/app';
import { serveConstant } from './documents';

const FOLDER = resolve(__dirname, '../../page');
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** What checks the page beside its parts, compiled or not: what browsers run is `.mjs`. */
const NOT_SERVED = /(\.[jt]s|^tsconfig\.json)$/;

/** Only what comes from here runs, is shown or is spoken to; a form never leaves the page by itself. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const HEADERS = {
  'content-security-policy': POLICY,
  'cross-origin-opener-policy': 'same-origin',
};

/** The chat page at `/`, its parts under `/page/`. They are read once; an address is looked up and never made into a path. */
export function pageRoutes(app: App): void {
  for (const file of globSync('**/*.*', { cwd: FOLDER }).filter((name) => !NOT_SERVED.test(name))) {
    const type = TYPES[extname(file)];
    if (type === undefined) throw new Error(`platform/page/${file} is of a kind that the page does not serve`);
    const content = readFileSync(join(FOLDER, file));
    const path = file === 'index.html' ? '/' : `/page/${file.split(sep).join('/')}`;
    serveConstant(app, { path, headers: { ...HEADERS, 'content-type': type }, content: () => content });
  }
}
