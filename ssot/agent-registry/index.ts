/** Questions become runs: worked on by specialists on the user's own usage, in plain sight, until exactly one ending. */
export * from './contract';
export { createAgentRuns } from './agent-runs';
export { runStep, type StepDeps } from './steps/step';
export { createCatalogue } from './steps/catalogue';
export { routeAfter } from './steps/sufficiency';
export { conversationFilter } from './questions';
export { createLanguageModel } from './wording/language-model';
export { SPECIALISTS } from './steps/specialists';
export { TOOLS } from './steps/tools/tools';
export { agentSchemaChanges } from './schema-changes';
