import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';

const TYPES = resolve(__dirname, '../kernel/values/id.ts');
const SNIPPET = resolve(__dirname, '../kernel/values/snippet.ts');
const NOT_ASSIGNABLE = 2345;

/** Compiles a call that expects the id of a person against the real types; returns the compiler's error numbers. */
function errorsOfPassing(argument: string): number[] {
  const code = `import type { Id } from './id';
    declare function openedBy(person: Id<'user'>): void;
    declare const person: Id<'user'>, thread: Id<'thread'>, text: string;
    openedBy(${argument});`;
  const options: ts.CompilerOptions = { noLib: true, noEmit: true, strict: true, types: [] };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (path, target): ts.SourceFile | undefined =>
    path === SNIPPET ? ts.createSourceFile(path, code, target) : read(path, target);
  const program = ts.createProgram([SNIPPET, TYPES], options, host);
  return program.getSemanticDiagnostics(program.getSourceFile(SNIPPET)).map((error) => error.code);
}

for (const [argument, errors] of [
  ['person', []],
  ['thread', [NOT_ASSIGNABLE]],
  ['text', [NOT_ASSIGNABLE]],
] as const) {
  void test(`ID-03 passing a ${argument} where a person id is expected ${errors.length === 0 ? 'compiles' : 'does not compile'}`, () => {
    assert.deepEqual(errorsOfPassing(argument), errors);
  });
}
