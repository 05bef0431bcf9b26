import { PLANS, type Json, type Plan, type SecretUnreadable } from '../../kernel';
import type { Base } from '../contract';
import { firstIssue } from '../first-issue';
import { plans, type PlanLimit } from '../plans';
import { Secret } from '../secret';
import type { Explanation, Snapshot, Source, TenantSettings } from './contract';
import { SETTING_KEYS, tenantSettings, type SettingKey, type TenantSetting } from './declarations';

/** What a company has stored, opened: keys that this release does not know are among them and are passed over. */
export interface Stored {
  readonly version: number;
  readonly values: ReadonlyMap<string, Json | SecretUnreadable>;
}

export interface Resolved {
  readonly snapshot: Snapshot;
  readonly explanations: readonly Explanation[];
}

interface Found {
  readonly source: Source;
  /** Parsed. */
  readonly value: unknown;
  readonly setAside: string | undefined;
  /** The platform's own, which is in force or hidden. */
  readonly platform: { readonly source: Source; readonly value: unknown };
}

/** Pure: what holds for a company of this plan, and why. */
export function resolve(base: Pick<Base, 'settings' | 'origins'>, plan: Plan, stored: Stored): Resolved {
  const found = SETTING_KEYS.map((key) => [key, find(base, plan, stored, key)] as const);
  const values = Object.fromEntries(found.map(([key, { value }]) => [key, value])) as Record<SettingKey, unknown>;
  const lowered = Object.entries(values).flatMap(([key, value]) =>
    key.startsWith('limits.') ? [[key.slice('limits.'.length), value as number] as const] : [],
  );
  return {
    snapshot: frozen({
      version: stored.version,
      settings: {
        analytics: { negotiatedPrices: values['analytics.negotiatedPrices'] },
        chat: { keptDays: values['chat.keptDays'] },
        identity: { secondFactorRequired: values['identity.secondFactorRequired'] },
        model: { wording: values['model.wording'], name: values['model.name'], key: values['model.key'] },
      } as TenantSettings,
      limits: { ...plans[plan], ...Object.fromEntries<number>(lowered) },
    }),
    explanations: frozen(found.map(([key, one]) => explained(key, plan, one))),
  };
}

/** Why a value that was read well may not be in force under this plan; undefined when it may. */
export function refusedByPlan(
  { from, limit }: TenantSetting,
  plan: Plan,
  value: unknown,
): 'closed' | 'above' | undefined {
  if (from !== undefined && PLANS.indexOf(plan) < PLANS.indexOf(from)) return 'closed';
  return limit !== undefined && (value as number) > plans[plan][limit] ? 'above' : undefined;
}

function find(
  { settings, origins }: Pick<Base, 'settings' | 'origins'>,
  plan: Plan,
  stored: Stored,
  key: SettingKey,
): Found {
  const declaration: TenantSetting = tenantSettings[key];
  const platform = { source: origins.get(key) ?? 'default', value: platformValue(settings, plan, key) } as const;
  const written = stored.values.get(key);
  if (written === undefined) return { ...platform, setAside: undefined, platform };
  const own = (value: unknown, setAside?: string): Found => ({ source: 'tenant', value, setAside, platform });
  // What the company chose must not silently become what the platform has.
  if (written instanceof Error) return own(new Secret(written), written.message);
  const read = declaration.kind.safeParse(written);
  const without = (setAside: string): Found => ({ ...platform, setAside, platform });
  if (!read.success) {
    return without(`The value that is stored ${firstIssue(read.error).message}; it is not in force.`);
  }
  switch (refusedByPlan(declaration, plan, read.data)) {
    case 'closed':
      return without(`This needs the ${declaration.from} plan or a larger one; it is back when the company has it.`);
    case 'above': {
      const max = plans[plan][declaration.limit as PlanLimit];
      return own(max, `Held to ${max}, as much as the plan allows; what was set is ${JSON.stringify(written)}.`);
    }
    case undefined:
      return own(read.data);
  }
}

/** What the platform itself has for a setting. */
function platformValue({ model }: Base['settings'], plan: Plan, key: SettingKey): unknown {
  switch (key) {
    case 'analytics.negotiatedPrices':
      return [];
    case 'chat.keptDays':
      return plans[plan].threadRetentionDays;
    case 'identity.secondFactorRequired':
      return false;
    case 'model.wording':
      return true;
    case 'model.name':
      return model.name;
    case 'model.key':
      return model.key;
    case 'limits.connectionsPerPerson':
    case 'limits.threadsPerPerson':
      return plans[plan][tenantSettings[key].limit as PlanLimit];
  }
}

function explained(key: SettingKey, plan: Plan, { source, value, setAside, platform }: Found): Explanation {
  const declaration: TenantSetting = tenantSettings[key];
  const isSecret = declaration.secret === true;
  const shown = (of: unknown): { readonly value?: Json } => (isSecret ? {} : { value: of as Json });
  return {
    key,
    isSecret,
    source,
    ...shown(value),
    hides: source === 'tenant' ? [{ source: platform.source, ...shown(platform.value) }] : [],
    ...(setAside !== undefined && { setAside }),
    ...(declaration.limit !== undefined && { max: plans[plan][declaration.limit] }),
  };
}

/** At every depth: a reader who alters what it was given alters nothing for others. */
function frozen<T>(value: T): T {
  if (!(value instanceof Object)) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}
