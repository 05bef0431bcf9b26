/** Values in a reader's words. Each is made anew, so that none can be the very object that was stored. */
export const KEPT_VALUES: Readonly<Record<string, () => unknown>> = {
  nothing: () => null,
  zero: () => 0,
  false: () => false,
  'an empty list': () => [],
  'accents and emoji': () => 'Café für Zoë 💸 \u0000 \ud800',
  'a hundred levels': () => levels(100),
  'ten levels deep': () => {
    let value: unknown = 'bottom';
    for (let level = 0; level < 10; level++) value = { level, inside: [value] };
    return value;
  },
};

function levels(count: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < count; level++) value = [value];
  return value;
}

/** What JSON would lose or change, each in the second part of a plan. */
export const UNFAITHFUL_VALUES: Readonly<Record<string, () => unknown>> = {
  'a loop': () => {
    const plan: Record<string, unknown> = { step: 1 };
    plan['again'] = plan;
    return { plan };
  },
  'not-a-number': () => ({ plan: [1, Number.NaN] }),
  infinity: () => ({ plan: [1, Number.POSITIVE_INFINITY] }),
  'minus zero': () => ({ plan: [1, -0] }),
  'a missing list item': () => ({ plan: [1, undefined] }),
  'a missing entry': () => ({ plan: { step: undefined } }),
  'a function': () => ({ plan: [1, () => 2] }),
  'a date object': () => ({ plan: { due: new Date(0) } }),
  'a big integer': () => ({ plan: { tokens: 10n } }),
  'one level too many': () => ({ plan: levels(100) }),
};

/** JSON text of exactly this many bytes. */
export function textOfBytes(bytes: number): string {
  return 'x'.repeat(bytes - 2);
}
