import type { Agents } from './agents';
import type { Person } from './person';

const SAVINGS = 10;

/** What customers' names for models and features may be made of. */
export const CHARACTERS = {
  letters: 'x',
  emoji: '😀',
  quotes: '"',
  NULs: '\0',
  'halves of characters': '\ud83d',
} as const;
export type Character = keyof typeof CHARACTERS;

/** Usage whose models and features have names as long, and of such characters, as customers may choose. */
export class AgentNames {
  /** Of each name that was brought, in UTF-16 units. */
  length = 0;

  constructor(private readonly agents: Agents) {}

  /** So many models, every other one without a price, and ten savings. */
  bring(models: number, length: number, made: Character): void {
    this.length = length;
    const named = (number: number): string =>
      `${String(number).padStart(2, '0')}${CHARACTERS[made].repeat(length)}`.slice(0, length);
    const { usage } = this.agents;
    usage.covered = { calls: 1_500, daysWithUse: 7, first: null, last: null };
    const tokens = { inputTokens: 1n, cachedInputTokens: 0n, outputTokens: 1n };
    const amount = { value: '99999999999999.123456789012', currency: 'USD' };
    usage.spent = Array.from({ length: models }, (_, number) => ({
      ...{ provider: named(0), model: named(number), calls: 1_500, ...tokens },
      amount: number % 2 === 0 ? amount : 'unpriced',
    }));
    usage.saveable = Array.from({ length: SAVINGS }, (_, number) => ({
      ...{ kind: 'small_call_on_large_model', provider: named(0), model: named(number), feature: named(number) },
      ...{ calls: 150, spend: amount, saving: amount, basis: 'estimated', smaller: named(number) },
      ...{ inputTokens: 1n, outputTokens: 1n },
    }));
  }

  /** The specialists work on a question that makes their report so long, if no name is cut. */
  async workToTheByte(person: Pick<Person, 'name'>, bytes: number): Promise<void> {
    await this.agents.work(person, 'Cost?');
    const { bytes: less } = await this.shown(person);
    await this.agents.work(person, `Cost?${'?'.repeat(bytes - less)}`);
  }

  /** The longest name of a finding, a model or a missing price in the report, and how long the report is. */
  async shown(person: Pick<Person, 'name'>): Promise<{ longest: number; bytes: number }> {
    const report = await this.agents.report(person);
    const names = [
      ...report.findings.flatMap(({ provider, model, feature, smaller = '' }) => [provider, model, feature, smaller]),
      ...report.byModel.flatMap(({ provider, model }) => [provider, model]),
      ...report.unpriced,
    ];
    return {
      longest: Math.max(...names.map(({ length }) => length)),
      bytes: Buffer.byteLength(JSON.stringify(report)),
    };
  }

  /** The lengths of the features that the kept results name. */
  async keptLengths(): Promise<readonly number[]> {
    const calls = await this.agents.stored.keptCalls();
    const { findings } = calls.find(({ tool }) => tool === 'find_savings')?.result as {
      findings: { feature: string }[];
    };
    return [...new Set(findings.map(({ feature }) => feature.length))];
  }

  /** Texts of a story that hold half of a character, or a mark in its place. */
  async halves(person: Pick<Person, 'name'>): Promise<readonly string[]> {
    return textsIn(await this.agents.answered(person)).filter(
      (text) => !text.isWellFormed() || text.includes('\ufffd'),
    );
  }
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
