/** What binds a provider's answer to the sign-in that asked for it. */
export const CHALLENGE = {
  state: 'a state that nobody guesses',
  nonce: 'a nonce that nobody guesses',
  verifier: 'a verifier that has forty-three characters or more',
  redirectAddress: 'https://chat.example/v1/sign-in/provider/callback',
  fresh: false,
};

/** A name server that knows nobody: providers on the machine itself are reached by their numbers. */
export const NO_NAMES = {
  texts: (): Promise<string[]> => Promise.resolve([]),
  addresses: (): Promise<string[]> => Promise.resolve([]),
};
