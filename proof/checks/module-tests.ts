import ts from 'typescript';
import { normalFormOf } from '../identity/normal-form';
import { parse, shortHash } from '../identity/units';
import type { ListedTest } from '../worker/protocol';
import type { Check } from './check';

/**
 * The checks that test files register. A test is its title, its body and the table that it stands in, without comments,
 * formatting and names of locals; what stands elsewhere in the file, or in another, is not looked at.
 *
 * @param compiled the JavaScript of a test file, in which the places of the listed tests were measured
 */
export function moduleTests(listed: readonly ListedTest[], compiled: (file: string) => string): Check[] {
  const files = new Map<string, ts.SourceFile>();
  const seen = new Map<string, number>();
  return listed.map((test) => {
    const file = files.get(test.file) ?? parse(`${test.file}.js`, compiled(test.file));
    files.set(test.file, file);
    const id = shortHash('test', test.title, meaningAt(file, test));
    const times = (seen.get(id) ?? 0) + 1;
    seen.set(id, times);
    return {
      id: times === 1 ? id : `${id}~${times}`,
      kind: 'test',
      title: test.title,
      place: { kind: 'test', file: test.file, title: test.title, nth: test.nth },
      tags: [],
    };
  });
}

function meaningAt(file: ts.SourceFile, { line, column, title }: ListedTest): string {
  const offset = file.getPositionOfLineAndCharacter(line - 1, column - 1);
  let node: ts.Node = innermost(file, offset);
  while (!isRegistration(node)) {
    if (ts.isSourceFile(node)) throw new Error(`${file.fileName}:${line}: no test "${title}" stands there.`);
    node = node.parent;
  }
  return normalFormOf([...tablesAround(node), ...node.arguments.slice(1)], importsOf(file));
}

/** `const _read = require('./read')`: what the compiler calls an imported file depends on the file's name. */
function importsOf(file: ts.SourceFile): ReadonlySet<string> {
  const declared = file.statements.flatMap((one) =>
    ts.isVariableStatement(one) ? [...one.declarationList.declarations] : [],
  );
  return new Set(
    declared.flatMap(({ name, initializer }) =>
      ts.isIdentifier(name) && initializer && /\brequire\(/.test(initializer.getText(file)) ? [name.text] : [],
    ),
  );
}

function innermost(node: ts.Node, offset: number): ts.Node {
  const child = ts.forEachChild(node, (one) => (one.pos <= offset && offset < one.end ? one : undefined));
  return child === undefined ? node : innermost(child, offset);
}

/** `test('...', () => { ... })`, by whatever name it was imported. */
function isRegistration(node: ts.Node): node is ts.CallExpression {
  if (!ts.isCallExpression(node)) return false;
  const last = node.arguments.at(-1);
  return last !== undefined && (ts.isArrowFunction(last) || ts.isFunctionExpression(last));
}

/** What loops around a test run over, outermost first. */
function tablesAround(test: ts.Node): ts.Node[] {
  const tables: ts.Node[] = [];
  for (let node = test; !ts.isSourceFile(node); node = node.parent) {
    const { parent } = node;
    if (ts.isForOfStatement(parent) && parent.statement === node) tables.unshift(parent.expression);
    const isCallback = ts.isCallExpression(parent) && parent.arguments.some((argument) => argument === node);
    if (isCallback && ts.isPropertyAccessExpression(parent.expression)) tables.unshift(parent.expression);
  }
  return tables;
}
