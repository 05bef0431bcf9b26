import { UTC } from '../../questions';

/** Where days are not those of UTC, it is said with them. */
export function zoneInWords(zone: string): string {
  return zone === UTC ? '' : ` (days of ${zone})`;
}
