import type { CustomerData, ExportRecord, Subject } from '../../../ssot/kernel';

/** Rows by place, as a module counts them. */
export async function countedOf(data: CustomerData, subject: Subject): Promise<Readonly<Record<string, number>>> {
  return Object.fromEntries((await data.count(subject)).map(({ place, rows }) => [place, rows]));
}

/** All that a module hands over. */
export async function exportedOf(data: CustomerData, subject: Subject): Promise<readonly ExportRecord[]> {
  const records: ExportRecord[] = [];
  for await (const record of data.export(subject)) records.push(record);
  return records;
}
