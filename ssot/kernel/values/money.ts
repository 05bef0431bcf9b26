/** An exact amount: whole trillionths of the currency's unit, because a token costs less than a millionth. */
export interface Money {
  readonly picos: bigint;
  readonly currency: string;
}

const PLACES = 12;

/** Decimal text with all twelve places, which reads back as the same amount: `12.500000000000`. */
export function moneyText({ picos }: Money): string {
  const digits = (picos < 0n ? -picos : picos).toString().padStart(PLACES + 1, '0');
  return `${picos < 0n ? '-' : ''}${digits.slice(0, -PLACES)}.${digits.slice(-PLACES)}`;
}
