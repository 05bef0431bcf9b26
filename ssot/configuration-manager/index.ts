export { ENVIRONMENTS, servesCustomers, type Environment } from './environment';
export { Secret } from './secret';
export type { Settings } from './sections';
export type { Base, BaseInput, Problem } from './contract';
export { limitsOfPlans, plans, type LimitsByPlan, type LimitsFor, type PlanLimit, type PlanLimits } from './plans';
export { listSettings, type ListedSetting } from './descriptions';
export { CONFIGURATION_CODES, ConfigurationError, type ConfigurationCode } from './errors';
export * from './tenant-settings';
export { loadBase, ConfigurationRefused, CONFIGURATION_REFUSED_STATUS } from './base';
