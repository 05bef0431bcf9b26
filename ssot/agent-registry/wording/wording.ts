import { LRUCache } from 'lru-cache';
import type { LanguageModel, AgentRunsDeps } from '../contract';
import { AgentError } from '../errors';
import { Breaker, withAbortableDeadline, type TenantContext } from '../../kernel';
import { fitsInEvent } from '../report/report';
import type { Report } from '../steps/analysis';

const MAX_MODEL_MS = 8_000;
const MAX_BREAKERS = 200;
/** A model that answers again is trusted after two reports. */
const BREAKER = { failures: 3, probeAfterMs: 30_000, successes: 2 };
const NUMBER_WORDS = (
  'two three four five six seven eight nine ten dozen half third quarter double twice triple ' +
  'hundred thousand million billion percent zero'
).split(' ');
const words = NUMBER_WORDS.map((word) => word.replace(/./, (first) => `[${first}${first.toUpperCase()}]`)).join('|');
/** A number with what belongs to it (sign, currency, unit, percent), or a number written as a word. */
const FIGURE = new RegExp(`[-−$€£¥]?\\p{N}[\\p{N}.,]*\\w*%?(?:\\s?[A-Z]{3}\\b)?|\\b(?:${words})\\b`, 'gu');

/** Pure: whether a wording holds the figures of the report's text, all of them, in their order, and no others. */
export function sameFigures({ text }: Pick<Report, 'text'>, wording: string): boolean {
  return figuresIn(text).join(' ') === figuresIn(wording).join(' ');
}

function isUsable(report: Report, text: string): boolean {
  return sameFigures(report, text) && fitsInEvent({ ...report, text });
}

function figuresIn(text: string): readonly string[] {
  return [...text.matchAll(FIGURE)].map(([figure]) =>
    figure.replaceAll(',', '').replace(/\.+$/, '').replace(/\s/, '').toLowerCase(),
  );
}

/** Lets the language model choose words for reports, if there is one and it is well; what it says about figures counts for nothing. */
export class Wording {
  /** One for each model, so that a company's own that fails is no other company's trouble. */
  readonly #breakers = new LRUCache<LanguageModel, Breaker>({ max: MAX_BREAKERS });

  constructor(private readonly deps: Pick<AgentRunsDeps, 'models' | 'clock' | 'logger' | 'metrics'>) {}

  /** The worst of all models. */
  get state(): 'none' | Breaker['state'] {
    if (this.deps.models === undefined) return 'none';
    const states = [...this.#breakers.values()].map(({ state }) => state);
    return (['open', 'half_open'] as const).find((state) => states.includes(state)) ?? 'closed';
  }

  /** The model that a run keeps to its end; undefined where the company has none or wants none, or nobody can say. */
  async modelFor(ctx: TenantContext): Promise<LanguageModel | undefined> {
    try {
      return await this.deps.models?.for(ctx);
    } catch (error) {
      this.deps.logger.warn({ reason: String(error) }, 'which model to ask is not known; the report stays as it is');
      return undefined;
    }
  }

  /** The report in the model's words, or as it is. Throws only what cut the run off. */
  async of(report: Report, signal: AbortSignal, model: LanguageModel | undefined): Promise<Report> {
    if (model === undefined || !this.#breakerOf(model).admit()) return report;
    const { logger, metrics } = this.deps;
    const text = await this.#phrase(model, report, signal);
    const outcome = text === undefined ? 'failed' : isUsable(report, text) ? 'used' : 'discarded';
    metrics.count('agent_wordings_total', { outcome });
    if (outcome === 'discarded')
      logger.warn({}, 'the language model changed figures or wrote too much; the report stays as it is');
    return outcome === 'used' ? { ...report, text: text as string, wordedBy: 'model' } : report;
  }

  #breakerOf(model: LanguageModel): Breaker {
    const known = this.#breakers.get(model) ?? new Breaker(this.deps.clock, BREAKER);
    this.#breakers.set(model, known);
    return known;
  }

  async #phrase(model: LanguageModel, report: Report, signal: AbortSignal): Promise<string | undefined> {
    const { clock, logger } = this.deps;
    const late = (): AgentError => new AgentError('tool_timeout', 'The language model did not answer in time.');
    try {
      const text = await withAbortableDeadline(clock, { ms: MAX_MODEL_MS, late, signal }, (inTime) =>
        model.phrase(report, inTime).catch(() => model.phrase(report, inTime)),
      );
      this.#breakerOf(model).recordSuccess();
      return text;
    } catch (error) {
      signal.throwIfAborted();
      this.#breakerOf(model).recordFailure();
      logger.warn({ reason: String(error) }, 'the language model gave no words; the report stays as it is');
      return undefined;
    }
  }
}
