import { Client } from 'pg';
import { platformSecrets } from '../support/services/processes/platform-process';
import { startServices } from '../support/services/start-services';
import { BARE_TABLE } from './connections/contestants/bare-store';
import { Fleet } from './connections/fleet';
import { isQuick, SIZE } from './connections/size';
import { heldRows, memoryRows } from './connections/measurements/idle';
import { fanOutRows } from './connections/measurements/fan-out';
import { latencyRows } from './connections/measurements/latency';
import { resumeRows } from './connections/measurements/resume';
import type { Benchmark } from './figures/row';

export const about =
  'live connections against ws alone and socket.io: fan-out, latency, resuming, memory, 5,000 idle connections (minutes)';

/**
 * Live connections against `ws` alone (floor) and `socket.io` with its Redis streams adapter and connection state recovery
 * (peer). Every contestant and all devices are processes of their own on this machine, which they share with each other
 * and with the stores. People have ten devices each; everybody in a room watches the same thread.
 */
const benchmark: Benchmark = async (say) => {
  Object.assign(process.env, platformSecrets(process.env));
  await using services = await owned(say);
  const owner = new Client({ connectionString: services.env['SPEC_POSTGRES_OWNER_URL'] });
  await owner.connect();
  await owner.query(
    `create table if not exists ${BARE_TABLE} (room int not null, n bigserial primary key, data jsonb not null)`,
  );
  try {
    say(
      `devices and contestants share this machine; PostgreSQL ${services.versions.postgres}, Redis ${services.versions.redis}`,
    );
    if (isQuick) say('BENCH_QUICK: a tenth of the size; the figures mean little');
    await using fleet = await Fleet.start(services.env);
    say(`opening ${SIZE.idle} connections to each`);
    const idle = await memoryRows(fleet, say);
    const held = await heldRows(fleet, say);
    const fanOut = await fanOutRows(fleet, say);
    const latency = await latencyRows(fleet, say);
    const resume = await resumeRows(fleet, say);
    return [...fanOut, ...latency, ...resume, ...idle, ...held];
  } finally {
    await owner.query(`drop table ${BARE_TABLE}`);
    await owner.end();
  }
};
export default benchmark;

async function owned(say: (progress: string) => void) {
  const services = await startServices(new Set(['postgres', 'redis', 'clickhouse']), { onProgress: say });
  return { ...services, [Symbol.asyncDispose]: () => services.stop() };
}
