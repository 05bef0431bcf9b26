import { createHash } from 'node:crypto';
import type { CustomerData, Subject } from '../../kernel';

/**
 * One JSON object a line: a header, every module's records, and a manifest that says how many there are by place and proves every
 * byte before it. A file without the manifest is not whole.
 */
export async function* exportOf(
  modules: readonly CustomerData[],
  { tenantId, userId }: Subject,
  at: Date,
): AsyncGenerator<Buffer> {
  const digest = createHash('sha256');
  const line = (content: object): Buffer => Buffer.from(`${JSON.stringify(content)}\n`);
  const proven = (content: object): Buffer => {
    const bytes = line(content);
    digest.update(bytes);
    return bytes;
  };
  const subject = { tenantId, ...(userId !== undefined && { userId }) };
  yield proven({ export: { format: 1, subject, at: at.toISOString() } });
  const records: Record<string, number> = {};
  for (const module of modules) {
    for await (const { place, record } of module.export(subject)) {
      const from = `${module.name}/${place}`;
      records[from] = (records[from] ?? 0) + 1;
      yield proven({ place: from, record });
    }
  }
  yield line({ manifest: { records, sha256: digest.digest('hex') } });
}
