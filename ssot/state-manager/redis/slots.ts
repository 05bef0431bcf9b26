/** Of a Redis Cluster: each key belongs to one of them, and each server has some. */
export const SLOTS = 16_384;

/** The slot of a key: CRC16 (XMODEM) of what stands in its first braces, or of all of it where nothing does. */
export function slotOf(key: string): number {
  const from = key.indexOf('{');
  const to = key.indexOf('}', from + 1);
  const hashed = from >= 0 && to > from + 1 ? key.slice(from + 1, to) : key;
  let crc = 0;
  for (const byte of Buffer.from(hashed)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ ((crc & 0x8000) === 0 ? 0 : 0x1021)) & 0xffff;
  }
  return crc % SLOTS;
}

/** Numbered keys, one for each of so many equal parts of all slots: servers of a cluster have whole ranges of them. */
export function keysOverSlots(name: string, parts: number): readonly string[] {
  const found = new Map<number, string>();
  for (let number = 0; found.size < parts; number++) {
    const key = `${name}:${number}`;
    const part = Math.floor((slotOf(key) * parts) / SLOTS);
    if (!found.has(part)) found.set(part, key);
  }
  return [...found.values()];
}
