/** Works off the tasks in their order, each worker one at a time, until all are done or the signal says stop. */
export async function inParallel<Worker, Task>(
  workers: readonly Worker[],
  tasks: readonly Task[],
  signal: AbortSignal,
  work: (worker: Worker, task: Task) => Promise<void>,
): Promise<void> {
  const waiting = tasks[Symbol.iterator]();
  await Promise.all(
    workers.map(async (worker) => {
      for (const task of waiting) {
        if (signal.aborted) return;
        await work(worker, task);
      }
    }),
  );
}
