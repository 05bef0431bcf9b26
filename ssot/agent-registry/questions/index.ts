/** What customers ask, in plain English, read into what analytics can answer. */
export type { KnownNames } from './narrowing';
export { conversationFilter, type ConversationFilter } from './conversation';
export { readQuestion, type QuestionReading } from './reading';
export { MEASURES, type Measure } from './measures';
export { BREAKDOWNS, TIMES, type BreakdownBy, type Ranking } from './dimensions';
export { daySpan, UTC } from './calendar';
export { suggestionsFor } from './suggestions';
