import { resolve } from 'node:path';
import type { CompilerOptions, SourceFile } from 'typescript';

const TYPES = resolve(__dirname, '../ssot/kernel/id.ts');
const HERE = resolve(__dirname, '../ssot/kernel/snippet.ts');

/** Compiles a few lines against the real types of names and returns the compiler's complaints, as its error numbers. */
export async function complaintsAbout(handedOn: string): Promise<number[]> {
  const { default: ts } = await import('typescript');
  const code = `import type { Id } from './id';
    declare function openedBy(person: Id<'user'>): void;
    declare const person: Id<'user'>, thread: Id<'thread'>, text: string;
    openedBy(${handedOn});`;
  const options: CompilerOptions = { noLib: true, noEmit: true, strict: true, types: [] };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (path, target): SourceFile | undefined =>
    path === HERE ? ts.createSourceFile(path, code, target) : read(path, target);
  const program = ts.createProgram([HERE, TYPES], options, host);
  return program.getSemanticDiagnostics(program.getSourceFile(HERE)).map((complaint) => complaint.code);
}
