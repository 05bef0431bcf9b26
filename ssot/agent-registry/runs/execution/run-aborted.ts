/** Why the work on a run is aborted before its end. */
export type AbortReason = 'cancel_requested' | 'released' | 'lease_lost' | 'run_timeout';

export class RunAborted extends Error {
  constructor(readonly reason: AbortReason) {
    super(`the run was aborted: ${reason}`);
  }
}
