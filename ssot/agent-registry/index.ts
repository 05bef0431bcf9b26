/** Questions become runs: worked on by specialists on the asker's own usage, in plain sight, until exactly one ending. */
export * from './contract';
export { AgentError, AGENT_CODES, type AgentCode } from './errors';
export { createAgentRuns } from './agent-runs';
export { workOnStep, type StepParts } from './step-work';
export { createCatalogue, type Catalogue, type Refusal } from './catalogue';
export { assess, routeAfter, SUFFICIENT } from './verdict';
export { conversationFilter } from './questions';
export { findingsOf } from './findings';
export { createLanguageModel } from './language-model';
export { withoutSecrets } from './redaction';
export { sameFigures } from './wording';
export { SPECIALISTS } from './specialists';
export { TOOLS } from './tools';
export { runNext, RUN_CAUSES, RUN_STATES, type RunCause, type TransitionRefused } from './run-state';
export { agentSchemaChanges } from './schema-changes';
