/** Questions become runs: worked on by specialists on the asker's own usage, in plain sight, until exactly one ending. */
export * from './contract';
export { AgentError, AGENT_CODES, type AgentCode } from './errors';
export { createAgentRuns } from './agent-runs';
export { runStep, type StepDeps } from './steps/step';
export { createCatalogue, type Catalogue, type Refusal } from './steps/catalogue';
export { assess, routeAfter, SUFFICIENT } from './steps/sufficiency';
export { conversationFilter } from './questions';
export { findingsOf } from './report/findings';
export { createLanguageModel } from './wording/language-model';
export { withoutSecrets } from './steps/redaction';
export { sameFigures } from './wording/wording';
export { SPECIALISTS } from './steps/specialists';
export { TOOLS } from './steps/tools';
export { nextRunState, RUN_CAUSES, RUN_STATES, type RunCause, type TransitionRefused } from './runs/run-state';
export { agentSchemaChanges } from './schema-changes';
