import type { Started, Starting } from '../contract';
export async function findPostgres(_: Starting): Promise<Started> {
  throw new Error('not written yet');
}
export async function findRedis(_: Starting): Promise<Started> {
  throw new Error('not written yet');
}
export async function findClickHouse(_: Starting): Promise<Started> {
  throw new Error('not written yet');
}
