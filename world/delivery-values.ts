/** Reports under the words of the features. `figure` holds what they are about. */
export const REPORT_VALUES = {
  'not-a-number': () => ({ figure: NaN }),
  infinity: () => ({ figure: Infinity }),
  itself: () => {
    const report: { figure?: unknown } = {};
    report.figure = report;
    return report;
  },
  'a function': () => ({ figure: () => 45 }),
  'a hole': () => ({ figure: undefined }),
  'a NUL character': () => ({ figure: 'USD\u0000' }),
  'a NUL in a name': () => ({ figure: { 'USD\u0000': 45 } }),
  'one part twice': () => {
    const part = { amount: '45.00' };
    return { figure: part, again: part };
  },
  'every plain value': () => ({ figure: [null, true, false, 0, -1.5, '', 'USD', [], {}] }),
  '32768 bytes in all': () => ofBytes(32_768),
  '32769 bytes in all': () => ofBytes(32_769),
} as const;

/** A report whose event data has so many bytes, half of its letters being two bytes long. */
function ofBytes(bytes: number): object {
  const around = Buffer.byteLength(JSON.stringify({ report: { figure: '' } }));
  const left = bytes - around;
  const wide = Math.floor(left / 4);
  return { figure: 'é'.repeat(wide) + 'e'.repeat(left - 2 * wide) };
}
