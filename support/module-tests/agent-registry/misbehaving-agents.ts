import {
  SPECIALISTS,
  type Agent,
  type AgentDefinition,
  type StepScope,
  type Analysis,
} from '../../../ssot/agent-registry';

/** Triages that misbehave, each in one way. */
export const MISBEHAVIOURS = {
  throws: () => ({ run: () => Promise.reject(new Error('no such column "card_number" at db:5432, password hunter2')) }),
  'cannot be built': () => {
    throw new Error('no such file');
  },
  'returns nothing': () => ({ run: () => Promise.resolve(undefined as unknown as Partial<Analysis>) }),
  'returns the wrong shape': () => ({
    run: () => Promise.resolve({ verdict: 'splendid' } as unknown as Partial<Analysis>),
  }),
  'returns part of what it owes': () => ({ run: () => Promise.resolve({ verdict: 'insufficient' as const }) }),
  'calls tools without end': (scope) => ({
    async run() {
      for (;;) await scope.call('price_list', {});
    },
  }),
  'calls a tool that is not on its list': (scope) => ({ run: () => scope.call('find_savings', {}) }),
  'calls a tool that does not exist': (scope) => ({ run: () => scope.call('delete_everything' as 'price_list', {}) }),
  'claims rights in its input': (scope) => ({
    run: () => {
      const filter = { from: '2025-09-01T00:00:00Z', to: '2025-09-02T00:00:00Z', where: {} };
      const rights = { permissions: ['usage:read'], userId: 'user_somebody' };
      return scope.call('usage_coverage', { filter, ...rights, ctx: rights, context: rights });
    },
  }),
  'tells secrets': (scope) => ({
    async run() {
      await scope.think('Signing in with Bearer hunter2hunter2.');
      return scope.call('price_list', { password: 'hunter2', note: 'postgres://app:hunter2@db/app' });
    },
  }),
  'calls a tool with alien input': (scope) => ({
    run: () => scope.call('usage_coverage', { filter: { from: 'yesterday', to: 'today', where: {} } }),
  }),
  'never comes to an end': () => ({ run: () => new Promise<never>(() => {}) }),
} as const satisfies Record<string, (scope: StepScope) => Agent>;
export type Misbehaviour = keyof typeof MISBEHAVIOURS;

/** The specialists, with one of them replaced; the rest stay as they are. */
export function withReplaced(
  kind: AgentDefinition['kind'],
  change: Partial<AgentDefinition>,
): readonly AgentDefinition[] {
  return SPECIALISTS.map((one) => (one.kind === kind ? { ...one, ...change } : one));
}

/** The specialists, one of which waits at a gate before it works. */
export function gated(kind: AgentDefinition['kind'], gate: () => Promise<void>): readonly AgentDefinition[] {
  const own = SPECIALISTS.find((one) => one.kind === kind) as AgentDefinition;
  return withReplaced(kind, {
    create: (scope) => ({
      async run(analysis) {
        await gate();
        return (await own.create(scope)).run(analysis);
      },
    }),
  });
}

/** A triage that keeps its hands on what it was given and what it returned, and speaks after its step is over. */
export function meddling(onRefused: (message: string) => void): readonly AgentDefinition[] {
  const [triage] = SPECIALISTS as readonly [AgentDefinition];
  const seen: { scope: StepScope; returned: Partial<Analysis> }[] = [];
  const data = SPECIALISTS[1] as AgentDefinition;
  return [
    {
      ...triage,
      create: (scope) => ({
        async run(analysis) {
          const returned = await (await triage.create(scope)).run(analysis);
          seen.push({ scope, returned });
          return returned;
        },
      }),
    },
    {
      ...data,
      create: (scope) => ({
        async run(analysis) {
          const before = seen[0];
          if (before?.returned.filter) before.returned.filter.from = '1999-01-01T00:00:00.000Z';
          for (const late of [
            before?.scope.think('I still have something to say'),
            before?.scope.call('usage_coverage', {}),
          ])
            await late?.catch((refusal: Error) => onRefused(refusal.message));
          const found = await (await data.create(scope)).run(analysis);
          if (analysis.filter) analysis.filter.from = '1999-01-01T00:00:00.000Z';
          return found;
        },
      }),
    },
    ...SPECIALISTS.slice(2),
  ];
}
