import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import ts from 'typescript';
import { ruleOfTitle } from '../../reports/model/module-tests';
import type { Problem } from './feature-text';

/** A module test as it is written: where it stands and how its title begins. */
interface WrittenTest {
  readonly line: number;
  /** Up to the first value that is filled in; null where the title is put together elsewhere. */
  readonly beginning: string | null;
}

/** Functions of `node:test` that make a test. Groups (`describe`) carry no title of a rule. */
const TEST_FUNCTIONS = new Set(['test', 'it']);

/**
 * The title of every module test begins with the id of a rule that stands in a feature: a test that belongs to no promise
 * is counted nowhere. `ruleIds` with their `@`.
 */
export function checkModuleTests(root: string, ruleIds: readonly string[]): Problem[] {
  const known = ruleIds.map((id) => id.slice(1));
  return globSync('{ssot,platform}/**/*.test.ts', { cwd: root })
    .map((path) => path.split(sep).join('/'))
    .sort()
    .flatMap((uri) => testsIn(uri, readFileSync(join(root, uri), 'utf8')).flatMap((test) => judged(test, uri, known)));
}

function judged({ line, beginning }: WrittenTest, uri: string, known: readonly string[]): Problem[] {
  const at = (message: string): Problem[] => [{ uri, line, message }];
  if (beginning === null)
    return at('The title is put together elsewhere. Write it here, beginning with the id of its rule.');
  const id = ruleOfTitle(beginning);
  if (id === null) {
    return at(
      `"${beginning}" does not begin with the id of its rule. Write it in front, as in "ID-02 ids keep their order".`,
    );
  }
  if (known.includes(id)) return [];
  return at(
    `"${beginning}" begins with ${id}, which is the id of no rule in features/. ${knownOf(id.slice(0, 2), known)} A rule never stands on module tests alone: write the rule with its examples, or name the rule that says it.`,
  );
}

const knownOf = (prefix: string, known: readonly string[]): string => {
  const own = known.filter((one) => one.startsWith(`${prefix}-`));
  return own.length > 0 ? `Known are ${own.toSorted().join(', ')}.` : `No rule begins with ${prefix} yet.`;
};

/** A test inside a test belongs to the title around it. */
function testsIn(uri: string, text: string): WrittenTest[] {
  const file = ts.createSourceFile(uri, text, ts.ScriptTarget.Latest);
  const found: WrittenTest[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && makesTest(node.expression)) {
      const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
      found.push({ line, beginning: beginningOf(node.arguments[0]) });
      return;
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** `test`, `it`, and their variants such as `test.skip`. */
function makesTest(called: ts.Expression): boolean {
  const name = ts.isPropertyAccessExpression(called) ? called.expression : called;
  return ts.isIdentifier(name) && TEST_FUNCTIONS.has(name.text);
}

function beginningOf(title: ts.Expression | undefined): string | null {
  if (!title) return null;
  if (ts.isStringLiteralLike(title)) return title.text;
  if (ts.isTemplateExpression(title)) return title.head.text;
  return null;
}
