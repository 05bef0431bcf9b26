import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { systemClock } from '../../../ssot/kernel';
import { platformVariables } from '../../../world/settings';
import { OwnedChild } from './child';
import { ServiceError, type Started } from '../contract';
import type { OwnedRun } from './owned-run';

const ROOT = resolve(__dirname, '../../..');
const READY_MS = 30_000;
/** Nobody is connected any more: what a drain would still wait for is of no use. */
const GRACE_MS = 2_000;

/** Secrets of this run that the platform and whoever talks to it must share; those given by the user are kept. */
export function platformSecrets(variables: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return {
    SPEC_OPERATOR_KEY: variables['SPEC_OPERATOR_KEY'] ?? randomBytes(32).toString('base64url'),
    SPEC_MASTER_KEY: variables['SPEC_MASTER_KEY'] ?? randomBytes(32).toString('base64'),
  };
}

/** The platform as a process of its own on these services, shared by all scenarios that do not start their own. */
export async function startPlatformProcess(run: OwnedRun, env: Readonly<Record<string, string>>): Promise<Started> {
  const main = join(ROOT, 'platform/main.ts');
  if (!existsSync(main)) throw failed('platform/main.ts is missing');
  const platform = OwnedChild.start(
    run,
    'SIGKILL',
    process.execPath,
    ['--require', './support/typescript/register.js', main],
    {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        ...process.env,
        ...platformVariables(env),
      },
    },
  );
  const tooLate = new Promise<never>((_, reject) => {
    systemClock.after(READY_MS, () =>
      reject(new Error(`it did not serve within ${READY_MS / 1_000} s${platform.lastWords()}`)),
    );
  });
  try {
    const listening = platform.message<{ type: 'listening'; url: string; operationsUrl: string }>('listening');
    const { url, operationsUrl } = await Promise.race([listening, tooLate]);
    return {
      env: { SPEC_PLATFORM_URL: url, SPEC_OPERATIONS_URL: operationsUrl },
      version: 'Platform',
      ended: platform.ended,
      stop: () => platform.stop('SIGTERM', GRACE_MS),
    };
  } catch (error) {
    await platform.stop();
    throw failed(error instanceof Error ? error.message : String(error));
  }
}

function failed(why: string): ServiceError {
  return new ServiceError(
    'Platform',
    `it could not be started: ${why}`,
    'Run "npm run checks" to see what is wrong with it, or set SPEC_PLATFORM_URL to a running deployment.',
  );
}
