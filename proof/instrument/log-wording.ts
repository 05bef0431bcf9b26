import type { Ignorer } from '@stryker-mutator/api/ignore';

/** What is looked at of a Babel node. */
interface Syntax {
  readonly type: string;
  readonly name?: string;
  /** The name behind `#`. */
  readonly id?: Syntax;
  readonly object?: Syntax;
  readonly property?: Syntax;
  readonly callee?: Syntax;
}

const LEVELS = new Set(['debug', 'info', 'warn', 'error']);
const LOGGERS = new Set(['log', 'logger']);

/** `log`, `this.logger`, `ports.log`, `this.#log`: the logger that a module was given. */
function isLogger(node: Syntax | undefined): boolean {
  const last = node?.type === 'MemberExpression' ? node.property : node;
  return LOGGERS.has(last?.name ?? last?.id?.name ?? '');
}

/** The wording of a log line is promised to nobody; that it is written, and its facts, stay subject to proof. */
export const logWording: Ignorer = {
  shouldIgnore(path) {
    const { node, parent } = path as { node: Syntax; parent?: Syntax };
    if (node.type !== 'StringLiteral' && node.type !== 'TemplateLiteral') return undefined;
    const called = parent?.type === 'CallExpression' ? parent.callee : undefined;
    if (!LEVELS.has(called?.property?.name ?? '') || !isLogger(called?.object)) return undefined;
    return 'the wording of a log line';
  },
};
