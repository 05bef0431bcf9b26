import { startForRun } from '../support/services/for-run';

/**
 * Starts once what the scenarios need, and lets every process that is started meanwhile find it by its environment. The
 * platform runs inside the process that runs the scenarios, because defects live there.
 */
export async function withServicesFor<T>(
  scenarios: readonly { readonly tags: readonly string[] }[],
  body: () => Promise<T>,
): Promise<T> {
  process.env['SPEC_PLATFORM'] = 'in-process';
  const services = await startForRun(
    scenarios.map(({ tags }) => tags),
    process.stderr,
  );
  process.env['SPEC_SERVICES'] = 'external';
  try {
    return await body();
  } finally {
    await services.stop();
  }
}
