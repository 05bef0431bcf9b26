import { meaningOf } from './known';
import type { Papers } from './delivery-device';

const second = (token: string): readonly string[] => ['chat.v1', `bearer.${token}`];

/** Ways to come to the door with a good token, under the words of the features. */
const WAYS: Readonly<Record<string, (token: string) => Papers>> = {
  'with it in the header': (token) => ({ protocols: ['chat.v1'], headers: { authorization: `Bearer ${token}` } }),
  'with it in the header, as BEARER': (token) => ({
    protocols: ['chat.v1'],
    headers: { authorization: `BEARER  ${token}` },
  }),
  'with it as second subprotocol': (token) => ({ protocols: second(token), headers: {} }),
  'without a token': () => ({ protocols: ['chat.v1'], headers: {} }),
  'with it in the address': (token) => ({ protocols: ['chat.v1'], headers: {}, address: `/v1/chat?token=${token}` }),
  'with it in the address and in the header': (token) => ({
    protocols: ['chat.v1'],
    headers: { authorization: `Bearer ${token}` },
    address: `/v1/chat?access_token=${token}`,
  }),
  'with it in the address as its authorisation': (token) => ({
    protocols: second(token),
    headers: {},
    address: `/v1/chat?view=small&Authorization=${token}`,
  }),
  'with a header that asks for a test user': () => ({
    protocols: ['chat.v1'],
    headers: { 'x-test-user': 'Dana', authorization: 'Test Dana' },
  }),
  'with a token of nobody': () => ({ protocols: second('of-nobody'), headers: {} }),
  'with it as Basic': (token) => ({ protocols: ['chat.v1'], headers: { authorization: `Basic ${token}` } }),
  'with it behind other words': (token) => ({
    protocols: ['chat.v1', `the-bearer.${token}`],
    headers: { authorization: `My Bearer ${token}` },
  }),
  'with it before other words': (token) => ({
    protocols: ['chat.v1'],
    headers: { authorization: `Bearer ${token} please` },
  }),
  'without a page': (token) => ({ protocols: second(token), headers: {} }),
  'without offering chat.v1': (token) => ({ protocols: [`bearer.${token}`], headers: {} }),
};

export function papersFor(way: string, token: string): Papers {
  const origin = /^from the page (\S+)$/.exec(way)?.[1];
  if (origin !== undefined) return { protocols: second(token), headers: {}, origin };
  return meaningOf('way to the door', way, WAYS)(token);
}
