import { fraction, pause, PlatformError, type Clock, type Logger, type Random } from '../../kernel';
import type { LifecycleSettings, Part, StartReport } from '../contract';
import { LifecycleError, reasonOf } from '../errors';
import { within } from '../limits';
import type { Plan } from './plan';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

interface Ports {
  readonly settings: LifecycleSettings;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Called for each part that has started, also for an optional one that comes later. */
  onUp(part: Part): void;
  /** Whether an optional part that has started is well; its checks go on by themselves if it is not. */
  isWell(part: Part): Promise<boolean>;
}

/** A start under way. */
interface Start extends Ports {
  readonly started: Set<string>;
  /** Needed parts that are being started, with the last reason why they are not up yet. */
  readonly trying: Map<string, string>;
}

/**
 * Starts each part as soon as those it needs are up; parts without ties start together. A needed part is tried again
 * until its limit, or until it is refused for a reason that waiting cannot mend, such as a wrong password; an optional one
 * that fails is tried on in the background until `stop` aborts.
 */
export async function startParts(plan: Plan, ports: Ports, stop: AbortSignal): Promise<StartReport> {
  const { clock, settings } = ports;
  const start: Start = { ...ports, started: new Set(), trying: new Map() };
  const began = clock.monotonic();
  const giveUp = new AbortController();
  const signal = AbortSignal.any([stop, giveUp.signal]);
  const overall = clock.after(settings.startMs, () =>
    giveUp.abort(new LifecycleError('start_timed_out', `The start took longer than ${settings.startMs} ms.`)),
  );
  const up = new Map<string, Promise<StartReport['parts'][number]>>();
  try {
    for (const part of plan) {
      const needs = (part.needs ?? []).flatMap((need) => up.get(need) ?? []);
      up.set(
        part.name,
        Promise.all(needs).then(() =>
          part.optional === true ? startOptional(part, start, stop) : startNeeded(part, start, signal),
        ),
      );
    }
    const all = [...up.values()];
    // One failure ends the start: the others are told, and awaited, so that nothing comes alive behind the undoing.
    for (const one of all) one.catch((error: unknown) => giveUp.abort(error));
    const results = await Promise.allSettled(all);
    if (signal.aborted)
      throw stop.aborted
        ? new LifecycleError('start_cancelled', 'The start was cancelled by a stop.')
        : namingAll(giveUp.signal.reason as LifecycleError, start.trying);
    const parts = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    return { ms: Math.round(clock.monotonic() - began), parts };
  } finally {
    overall[Symbol.dispose]();
  }
}

/** The failure that ended the start, with the parts that were not up either. */
function namingAll(first: LifecycleError, trying: ReadonlyMap<string, string>): LifecycleError {
  const others = [...trying].filter(([name]) => name !== first.field);
  if (others.length === 0) return first;
  const named = others.map(([name, reason]) => `"${name}" (${reason})`).join(', ');
  const { code, field, cause } = first;
  return new LifecycleError(code, `${first.message.replace(/\.$/, '')}. Not up either: ${named}.`, {
    ...(field !== undefined && { field }),
    cause,
  });
}

async function startNeeded(part: Part, ports: Start, signal: AbortSignal): Promise<StartReport['parts'][number]> {
  const { clock, settings } = ports;
  const began = clock.monotonic();
  const limitMs = part.limits?.startMs ?? settings.partStartMs;
  let reason: unknown;
  signal.throwIfAborted();
  ports.trying.set(part.name, 'no answer yet');
  for (let tries = 1; ; tries++) {
    const left = limitMs - (clock.monotonic() - began);
    const outcome = await attempt(part, ports, left, signal);
    const ms = Math.round(clock.monotonic() - began);
    if (outcome.kind === 'done') {
      ports.trying.delete(part.name);
      return { name: part.name, ms, tries, state: 'up' };
    }
    if (outcome.kind === 'failed') {
      reason = outcome.error;
      ports.trying.set(part.name, reasonOf(reason));
    }
    signal.throwIfAborted();
    if (reason instanceof PlatformError && !reason.retryable) {
      throw new LifecycleError('start_refused', `"${part.name}" cannot start: ${reason.message}`, {
        field: part.name,
        cause: reason,
      });
    }
    const wait = backOff(tries, ports.random);
    if (outcome.kind === 'late' || ms + wait >= limitMs) {
      const code = reason === undefined ? 'start_timed_out' : 'start_failed';
      const why = reason === undefined ? '' : `: ${reasonOf(reason)}`;
      throw new LifecycleError(code, `"${part.name}" did not start within ${limitMs} ms${why}`, {
        field: part.name,
        cause: reason,
      });
    }
    ports.log.warn({ part: part.name, tries, reason: reasonOf(reason) }, 'a part did not start and is tried again');
    await pause(clock, wait, signal);
  }
}

async function startOptional(part: Part, ports: Start, stop: AbortSignal): Promise<StartReport['parts'][number]> {
  const began = ports.clock.monotonic();
  const limitMs = part.limits?.startMs ?? ports.settings.partStartMs;
  const outcome = hasWhatItNeeds(part, ports) ? await attempt(part, ports, limitMs, stop) : undefined;
  const started = outcome?.kind === 'done';
  const state = started && (await ports.isWell(part)) ? 'up' : 'degraded';
  if (!started && !stop.aborted) {
    const reason = outcome?.kind === 'failed' ? reasonOf(outcome.error) : 'late, or a part it needs is away';
    ports.log.warn({ part: part.name, reason }, 'an optional part is away; the instance goes on without it');
    void keepTrying(part, ports, limitMs, stop);
  }
  return { name: part.name, ms: Math.round(ports.clock.monotonic() - began), tries: 1, state };
}

const hasWhatItNeeds = ({ needs = [] }: Part, { started }: Start): boolean => needs.every((need) => started.has(need));

async function keepTrying(part: Part, ports: Start, limitMs: number, stop: AbortSignal): Promise<void> {
  for (let tries = 1; !stop.aborted; tries++) {
    // Rejects only because of the stop, which ends the loop.
    await pause(ports.clock, backOff(tries, ports.random), stop).catch(() => undefined);
    if (stop.aborted) return;
    if (!hasWhatItNeeds(part, ports)) continue;
    if ((await attempt(part, ports, limitMs, stop)).kind === 'done') {
      ports.log.info({ part: part.name }, 'an optional part is there again');
      return;
    }
  }
}

/** A part that comes alive after it was given up is stopped again: nobody else would ever do it. */
function attempt(part: Part, ports: Start, limitMs: number, signal: AbortSignal): ReturnType<typeof within<void>> {
  let over = false;
  const work = async (inner: AbortSignal): Promise<void> => {
    await part.start?.(inner);
    if (!over) return;
    ports.log.warn({ part: part.name }, 'a part came alive after it was given up and is stopped again');
    await part.stop?.(AbortSignal.timeout(ports.settings.stopPartsMs));
  };
  return within(ports.clock, limitMs, work, signal).then((outcome) => {
    over = true;
    if (outcome.kind === 'done') {
      ports.started.add(part.name);
      ports.onUp(part);
    }
    return outcome;
  });
}

function backOff(tries: number, random: Random): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1)) * (0.5 + fraction(random) / 2);
}
