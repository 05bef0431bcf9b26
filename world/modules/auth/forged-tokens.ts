import { base64url, generateKeyPair, SignJWT, decodeJwt } from 'jose';

/** Ways to forge a token, each starting from a genuine one. */
export const FORGERIES = {
  'a token without a signature': (genuine) => {
    const header = base64url.encode(JSON.stringify({ alg: 'none', typ: 'at+jwt' }));
    return Promise.resolve(`${header}.${genuine.split('.')[1]}.`);
  },
  'a token signed with a key of their own': async (genuine) => {
    const { privateKey } = await generateKeyPair('ES256');
    return new SignJWT(decodeJwt(genuine))
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'mine' })
      .sign(privateKey);
  },
  "Dana's token with another company in it": (genuine) => {
    const [header, payload = '', signature] = genuine.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { tid: string };
    const altered = { ...claims, tid: claims.tid.replace(/.$/, (last) => (last === 'z' ? 'y' : 'z')) };
    return Promise.resolve(`${header}.${base64url.encode(JSON.stringify(altered))}.${signature}`);
  },
  "Dana's token with its signature cut short": (genuine) => Promise.resolve(genuine.slice(0, -8)),
  'words that are no token at all': () => Promise.resolve('let-me-in-please'),
} as const satisfies Record<string, (genuine: string) => Promise<string>>;
