// Read by the watchdog in plain Node too: no relative imports.

/** Every container of a run carries this label with the run's id. */
export const RUN_LABEL = 'specs.run';

/** Removes every container of a run, running or not. The engine is only asked when a run had any. */
export async function removeContainers(runId: string): Promise<void> {
  const { getContainerRuntimeClient } = await import('testcontainers');
  const { container: engine } = await getContainerRuntimeClient();
  const owned = await engine.dockerode.listContainers({ all: true, filters: { label: [`${RUN_LABEL}=${runId}`] } });
  await Promise.all(owned.map(({ Id }) => engine.dockerode.getContainer(Id).remove({ force: true, v: true })));
}
