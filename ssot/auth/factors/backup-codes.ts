import type { Random } from '../../kernel';

export const BACKUP_CODES = 10;
const LENGTH = 10;
/** 32 letters and digits that nobody mistakes for each other: ten of them are 50 bits. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const SHAPE = new RegExp(`^[${ALPHABET}]{${LENGTH}}$`);

/** A set of codes as people are shown them: `k3v9q-0xw7m`. */
export function newBackupCodes(random: Random): readonly string[] {
  return Array.from({ length: BACKUP_CODES }, () => {
    const letters = [...random.bytes(LENGTH)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
    return `${letters.slice(0, LENGTH / 2)}-${letters.slice(LENGTH / 2)}`;
  });
}

/** The code itself, however it is typed; undefined for what cannot be one. */
export function backupCodeIn(text: string): string | undefined {
  if (text.length > 40) return undefined;
  const code = text.toLowerCase().replace(/[\s-]/g, '').replaceAll('o', '0').replace(/[il]/g, '1');
  return SHAPE.test(code) ? code : undefined;
}
