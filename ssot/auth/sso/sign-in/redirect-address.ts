import { AuthError } from '../../errors';

/** Where providers send people back to. Throws `sso_unavailable` where operators have not said how the platform is reached. */
export function redirectAddressOf(publicUrl: string | undefined): string {
  if (publicUrl !== undefined) return `${publicUrl}/v1/sign-in/provider/callback`;
  const message = 'Single sign-on is not offered here yet: operators have to set PUBLIC_URL.';
  throw new AuthError('sso_unavailable', message);
}
