import { sql, type Clock, type Sql } from '../../kernel';

interface Times {
  readonly clock: Clock;
  readonly time?: 'server' | Clock | undefined;
}

/**
 * Now, by the clock by which waiting is judged. One for all instances: by an instance's own, one that is eleven minutes ahead
 * would fail every question that the others have just taken.
 */
export function waitingNow({ clock, time = clock }: Times): Sql {
  return time === 'server' ? sql`clock_timestamp()` : sql`${new Date(time.now())}::timestamptz`;
}
