import assert from 'node:assert/strict';
import { gatherCompany, signIn } from '../../bench/people/crowd';
import type { Platform } from '../../platform';
import type { SessionId, TenantContext } from '../../ssot/kernel';
import { addressOf } from '../../world/settings';

export interface SignedIn {
  readonly ctx: TenantContext;
  readonly sessionId: SessionId;
  readonly accessToken: string;
}

/** The administrator of a company of the test's own, signed in at this instance. */
export async function signedInAt(platform: Platform): Promise<SignedIn> {
  const [dana] = await gatherCompany(1, platform, addressOf('SPEC_OPERATOR_KEY'), { withUsage: false });
  assert(dana !== undefined);
  await signIn(dana, platform.url);
  const { accessToken } = dana;
  const { context, sessionId } = await platform.services.auth.tokens.check(accessToken, 'person', '127.0.0.1');
  return { ctx: context, sessionId, accessToken };
}
