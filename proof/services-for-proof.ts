import { randomBytes } from 'node:crypto';
import { startServices } from '../support/services';

/**
 * Starts once what the scenarios need, and lets every process that is started meanwhile find it by its environment. The
 * platform runs inside the process that runs the scenarios, because defects live there.
 */
export async function withServicesFor<T>(
  scenarios: readonly { readonly tags: readonly string[] }[],
  body: () => Promise<T>,
): Promise<T> {
  const alone = scenarios.every(({ tags }) => tags.includes('@unit'));
  if (alone) return body();
  const services = await startServices(new Set(['postgres', 'redis', 'clickhouse'] as const), {
    onProgress: (line) => process.stderr.write(`${line}\n`),
  });
  try {
    Object.assign(process.env, services.env, { SPEC_SERVICES: 'external', SPEC_PLATFORM: 'in-process' });
    process.env['SPEC_OPERATOR_KEY'] ??= randomBytes(32).toString('base64url');
    process.env['SPEC_MASTER_KEY'] ??= randomBytes(32).toString('base64');
    return await body();
  } finally {
    await services.stop();
  }
}
