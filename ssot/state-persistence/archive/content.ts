import { createHash } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Json } from '../../kernel';

/** Content is at most 4 MiB as JSON, and a little file that unpacks to much more is none of ours. */
export const MAX_CONTENT_BYTES = 8 * 1_024 * 1_024;

export interface Packed {
  /** Over the company, the subject and the content: what stands in another place does not open. */
  readonly checksum: string;
  readonly body: string;
}

/** As it is stored in the history: JSON, compressed, as text. */
export function pack(content: Json, about: readonly string[]): Packed {
  const bytes = Buffer.from(JSON.stringify(content));
  return { checksum: checksumOf(bytes, about), body: zstdCompressSync(bytes).toString('base64') };
}

/** Undefined for anything but what was packed for this place. */
export function unpack({ body, checksum }: Packed, about: readonly string[]): Json | undefined {
  let bytes: Buffer;
  try {
    bytes = zstdDecompressSync(Buffer.from(body, 'base64'), { maxOutputLength: MAX_CONTENT_BYTES });
  } catch {
    // Damaged: whoever reads it says so.
    return undefined;
  }
  return checksumOf(bytes, about) === checksum ? (JSON.parse(bytes.toString()) as Json) : undefined;
}

function checksumOf(bytes: Buffer, about: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of about) hash.update(`${part}\n`);
  return hash.update(bytes).digest('hex');
}
