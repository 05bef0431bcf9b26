import { z } from 'zod';
import { isVisible, type Plan } from '../../kernel';
import type { PlanLimit } from '../plans';
import { Secret } from '../secret';
import { negotiatedPrices } from './negotiated-prices';

/** A setting that a company makes for itself. What is stored is JSON, read by `kind` each time. */
export interface TenantSetting<T = unknown> {
  readonly kind: z.ZodType<T>;
  /** What may be written, for people. */
  readonly type: string;
  readonly about: string;
  readonly wayOut: string;
  /** A credential: stored sealed and never shown again. */
  readonly secret?: true;
  /** The smallest plan that has it; every plan without. */
  readonly from?: Plan;
  /** The plan's limit that a company's own value may not exceed. */
  readonly limit?: PlanLimit;
}

/** Text of one line. */
const line = (max: number): z.ZodType<string> =>
  z
    .string('is no text')
    .max(max, `has more than ${max} characters`)
    .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), 'has a control character or half a character')
    .refine(isVisible, 'is blank');

const limit = (name: PlanLimit, about: string): TenantSetting<number> => ({
  kind: z.int('is not a whole number').min(1, 'is below 1'),
  type: 'whole number from 1 to the limit of the plan',
  about,
  wayOut: 'Write a whole number from 1 to what your plan allows.',
  limit: name,
});

/** Everything that a company may set. A key is `section.name`; what is not here is closed. */
export const tenantSettings = {
  'analytics.negotiatedPrices': {
    kind: negotiatedPrices,
    type: 'list of prices',
    about: 'what the company pays for models, where that differs from the list prices',
    wayOut: 'Write provider, model, from, currency and perMillion (input, cachedInput, output) of each.',
    from: 'mid',
  },
  'chat.keptDays': {
    kind: z.int('is not a whole number').min(90, 'is below 90').max(2_555, 'is above 2,555'),
    type: 'whole number from 90 to 2,555',
    about: 'for how many days after its last event a thread is kept, with all that hangs on it',
    wayOut: 'Write a whole number of days from 90 to 2,555.',
    from: 'mid',
  },
  'identity.secondFactorRequired': {
    kind: z.boolean('is neither true nor false'),
    type: 'true or false',
    about: 'whether everybody who signs in with a password needs a second factor: without one they can only set it up',
    wayOut: 'Write true or false.',
  },
  'limits.connectionsPerPerson': limit('connectionsPerPerson', 'open connections of a person'),
  'limits.threadsPerPerson': limit('threadsPerPerson', 'threads of a person'),
  'model.wording': {
    kind: z.boolean('is neither true nor false'),
    type: 'true or false',
    about: "whether a language model puts the company's finished reports into other words",
    wayOut: 'Write true or false.',
  },
  'model.name': {
    kind: line(200),
    type: 'text',
    about: 'the model to ask for that',
    wayOut: 'Write the name under which the server offers it.',
    from: 'mid',
  },
  'model.key': {
    kind: line(1_000).transform((text) => new Secret(text)),
    type: 'text',
    about: "the company's own key for the model, instead of the platform's",
    wayOut: 'Write the key that the provider made for your company.',
    secret: true,
    from: 'mid',
  },
} as const satisfies Record<string, TenantSetting>;

export type SettingKey = keyof typeof tenantSettings;
export const SETTING_KEYS = Object.keys(tenantSettings) as SettingKey[];

/** The declaration of a key; undefined for whatever companies cannot set, names of the language included. */
export function declarationOf(key: string): TenantSetting | undefined {
  return Object.hasOwn(tenantSettings, key) ? tenantSettings[key as SettingKey] : undefined;
}
