/** Test runner: one question, whether a run may be relied on, and one answer. */
export { judge, type Fault, type Judgement, type Mark, type Plan } from './judge';
export { lossSentences, lostServicesIn } from './lost-services';
export { Observed } from './observed';
export { exitStatus, gravest, type Verdict } from './verdict';
