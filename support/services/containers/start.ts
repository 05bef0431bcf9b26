import type { Started, Starting } from '../contract';
export async function startPostgresContainer(_: Starting): Promise<Started> {
  throw new Error('not written yet');
}
export async function startRedisContainer(_: Starting): Promise<Started> {
  throw new Error('not written yet');
}
export async function refuseClickHouseContainer(_: Starting): Promise<Started> {
  throw new Error('not written yet');
}
