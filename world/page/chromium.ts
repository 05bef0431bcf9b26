import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { threadId } from 'node:worker_threads';

const ROOT = resolve(__dirname, '../..');
const PACKAGE = resolve(ROOT, 'node_modules/@sparticuz/chromium/package.json');

/** Where the package unpacks itself is the folder for temporary files of whoever asks it to. */
const UNPACK = "import('@sparticuz/chromium').then(({ default: chromium }) => chromium.executablePath())";
/** Makes the package bring along the shared libraries (NSS, NSPR, expat) that a bare machine lacks. */
const WITH_LIBRARIES = { AWS_LAMBDA_JS_RUNTIME: 'nodejs24.x' };

/**
 * The package's own file looks for its fonts in one fixed place of the machine; without any font the browser ends. Nothing
 * in it names a place, so that the folder can be moved.
 */
const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fonts-cache</cachedir>
</fontconfig>
`;

export interface Chromium {
  readonly executable: string;
  /** What it needs around it: its own shared libraries and fonts, so that pages look alike on all machines. */
  readonly env: Readonly<Record<string, string>>;
}

/** Chromium from the npm registry, unpacked once for each version beside the other caches of this clone. */
export async function unpackedChromium(): Promise<Chromium> {
  const { version } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string };
  const folder = resolve(ROOT, `node_modules/.cache/chromium-${version}`);
  if (!existsSync(folder)) await unpackInto(folder);
  return {
    executable: join(folder, 'chromium'),
    env: {
      LD_LIBRARY_PATH: join(folder, 'al2023/lib'),
      FONTCONFIG_FILE: join(folder, 'fonts.conf'),
      XDG_CACHE_HOME: folder,
    },
  };
}

/** In one step, so that nobody ever finds half of it; whoever comes second takes what is there. */
async function unpackInto(folder: string): Promise<void> {
  const own = `${folder}.${process.pid}.${threadId}`;
  mkdirSync(own, { recursive: true });
  try {
    const env = { ...process.env, ...WITH_LIBRARIES, TMPDIR: own };
    await promisify(execFile)(process.execPath, ['--eval', UNPACK], { cwd: ROOT, env });
    writeFileSync(join(own, 'fonts.conf'), FONTS);
    chmodSync(join(own, 'chromium'), 0o755);
    if (!existsSync(folder)) renameSync(own, folder);
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}
