import { PlatformError } from '../../ssot/kernel';

/** `fine`, or the code of the refusal. */
export async function said(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'fine';
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    return error.code;
  }
}
