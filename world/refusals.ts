/** What people are told when they are refused, in words of the features, and the code that programs get. */
export const REFUSALS = {
  'a second factor is missing': 'second_factor_missing',
} as const satisfies Readonly<Record<string, string>>;
