import type { GenericContainer, StartedTestContainer } from 'testcontainers';
import { answering } from '../answering';
import { ServiceError, TITLE, type Service, type Started, type Starting } from '../contract';
import { versionOf } from '../embedded/postgres';
import { redisVersion, withRedis } from '../embedded/redis';
import { createDatabase, createLogins, withClient } from '../logins';
import { passwordText } from '../random-text';
import { RUN_LABEL } from './removal';

// Loaded where it is used: it takes a third of a second, and most runs need no containers.
const testcontainers = () => import('testcontainers');

const POSTGRES_IMAGE = 'postgres:17';
const REDIS_IMAGE = 'redis:7';
const READY_MS = 60_000;

export async function startPostgresContainer(starting: Starting): Promise<Started> {
  await assertEngine('postgres');
  const password = passwordText();
  const container = await start(starting, POSTGRES_IMAGE, 5432, (image) =>
    image
      .withEnvironment({ POSTGRES_USER: 'postgres', POSTGRES_PASSWORD: password, POSTGRES_DB: 'postgres' })
      .withCommand(['postgres', '-c', 'fsync=off', '-c', 'full_page_writes=off', '-c', 'max_connections=300']),
  );
  const superuserUrl = `postgres://postgres:${password}@${container.getHost()}:${container.getMappedPort(5432)}/postgres`;
  const version = await answering(() => withClient(superuserUrl, versionOf), { limitMs: READY_MS });
  const env = await createLogins(await createDatabase(superuserUrl));
  return { env, version, stop: () => stop(container) };
}

export async function startRedisContainer(starting: Starting): Promise<Started> {
  await assertEngine('redis');
  const password = passwordText();
  const container = await start(starting, REDIS_IMAGE, 6379, (image) => image);
  const place = `${container.getHost()}:${container.getMappedPort(6379)}`;
  const protect = async (): Promise<string> =>
    withRedis(`redis://${place}`, async (client) => {
      const version = redisVersion(await client.info('server'));
      await client.config('SET', 'requirepass', password);
      return version;
    });
  const version = await answering(protect, { limitMs: READY_MS });
  return { env: { SPEC_REDIS_URL: `redis://default:${password}@${place}` }, version, stop: () => stop(container) };
}

async function assertEngine(service: Service): Promise<void> {
  const { getContainerRuntimeClient } = await testcontainers();
  try {
    await getContainerRuntimeClient();
  } catch (error) {
    throw new ServiceError(
      TITLE[service],
      'no container engine answers on this machine',
      `Start Docker (or point DOCKER_HOST at a compatible engine), or do without: SPEC_SERVICES=${service}=embedded.`,
      error,
    );
  }
}

/** Not built, because it could not be run for real where the suite was made; saying so beats an untried promise. */
export async function refuseClickHouseContainer(): Promise<Started> {
  throw new ServiceError(
    TITLE.clickhouse,
    'the containers provider has no ClickHouse',
    'Use embedded (SPEC_SERVICES=clickhouse=embedded beside your other choices), or external with SPEC_CLICKHOUSE_URL.',
  );
}

/**
 * Readiness is an answered question, which the caller asks: health checks do not run on every engine, and the library's
 * own wait for ports leaves a process in the engine for every look it takes.
 */
async function start(
  { run }: Starting,
  image: string,
  port: number,
  shape: (container: GenericContainer) => GenericContainer,
): Promise<StartedTestContainer> {
  const { GenericContainer, Wait } = await testcontainers();
  const container = shape(new GenericContainer(image))
    .withExposedPorts(port)
    .withLabels({ [RUN_LABEL]: run.containersLabel() })
    .withWaitStrategy(Wait.forAll([]));
  return container.start();
}

async function stop(container: StartedTestContainer): Promise<void> {
  await container.stop({ timeout: 0, remove: true, removeVolumes: true });
}
