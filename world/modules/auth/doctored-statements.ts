import { generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { json, type LyingProvider } from '../../identity-provider/lying-provider';

type Doctored = (provider: LyingProvider) => void;

const claiming =
  (claims: JWTPayload): Doctored =>
  (provider) => {
    provider.claims = { ...provider.claims, ...claims };
  };

/** Statements of a provider, or of whoever stands between, that must let nobody in. */
export const DOCTORED: Readonly<Record<string, Doctored>> = {
  'is not signed': (provider) => {
    provider.state = ({ claims }) => Promise.resolve(provider.unsigned(claims));
  },
  'is signed with a key of somebody else': (provider) => {
    provider.state = async ({ claims }) => {
      const { privateKey } = await generateKeyPair('RS256');
      return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'known' }).sign(privateKey);
    };
  },
  'was made for another product': claiming({ aud: 'another product' }),
  'names another provider': claiming({ iss: 'https://login.example' }),
  'answers an earlier sign-in': claiming({ nonce: 'of an earlier sign-in' }),
  'has expired': claiming({ exp: 1 }),
  'comes from a mixed-up provider': (provider) => {
    provider.says = 'https://login.example';
  },
};

/** What may be wrong with a provider that is honest. */
export const TROUBLES: Readonly<Record<string, Doctored>> = {
  'answers nothing': (provider) => void provider.instead.set('/token', () => undefined),
  fails: (provider) => void provider.instead.set('/token', json({}, 502)),
  'answers what nobody can read': (provider) => {
    provider.instead.set('/token', (response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"id_');
    });
  },
  'has lost its keys': (provider) => void provider.instead.set('/keys', json({ keys: [] })),
};
