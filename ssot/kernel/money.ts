/** An exact amount: millionths of the currency's unit. Two currencies are never added. */
export interface Money {
  readonly micros: bigint;
  readonly currency: string;
}

/** Decimal text with six places, the only form that leaves the platform: `12.500000`. */
export function moneyText(amount: Money): string {
  const sign = amount.micros < 0n ? '-' : '';
  const digits = (amount.micros < 0n ? -amount.micros : amount.micros).toString().padStart(7, '0');
  return `${sign}${digits.slice(0, -6)}.${digits.slice(-6)}`;
}
