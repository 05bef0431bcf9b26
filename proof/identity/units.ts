import { createHash } from 'node:crypto';
import ts from 'typescript';
import { normalForm } from './normal-form';

/** A piece of code that changes its meaning as a whole: a function, a member of a class, a constant, a statement. */
export interface Unit {
  /** Ten hexadecimal digits; the same as long as the meaning is, wherever the code stands and however it is written. */
  readonly hash: string;
  /** `readId`, `IdSource.next`: for people. */
  readonly name: string;
  readonly file: string;
  /** Offsets into the file's text. */
  readonly start: number;
  readonly end: number;
}

export interface SourceText {
  readonly path: string;
  readonly text: string;
}

/** The units of a module in the order of its files. Two that mean the same are told apart by a number behind the hash. */
export function unitsOf(files: readonly SourceText[]): Unit[] {
  const seen = new Map<string, number>();
  return [...files]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .flatMap(({ path, text }) => unitsOfFile(parse(path, text)).map((unit) => ({ ...unit, file: path })))
    .map((unit) => {
      const times = (seen.get(unit.hash) ?? 0) + 1;
      seen.set(unit.hash, times);
      return times === 1 ? unit : { ...unit, hash: `${unit.hash}~${times}` };
    });
}

export function shortHash(...texts: readonly string[]): string {
  return createHash('sha256').update(texts.join('\0')).digest('hex').slice(0, 10);
}

export function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
}

type FoundUnit = Omit<Unit, 'file'>;

function unitsOfFile(file: ts.SourceFile): FoundUnit[] {
  return file.statements.flatMap((statement) => {
    if (ts.isClassDeclaration(statement)) return membersOf(statement, file);
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.map((one) => unit(one.name.getText(file), one, file));
    }
    if (ts.isFunctionDeclaration(statement)) {
      return statement.body ? [unit(statement.name?.text ?? 'default', statement, file)] : [];
    }
    if (isWithoutBehaviour(statement)) return [];
    return [unit(ts.isEnumDeclaration(statement) ? statement.name.text : 'top level', statement, file)];
  });
}

/** A class has no unit of its own, so that a change of one method leaves the others as they are. */
function membersOf(declaration: ts.ClassDeclaration, file: ts.SourceFile): FoundUnit[] {
  const owner = declaration.name?.text ?? 'default';
  return declaration.members
    .filter((member) => !ts.isSemicolonClassElement(member) && !ts.isIndexSignatureDeclaration(member))
    .map((member) => {
      const name = member.name?.getText(file) ?? (ts.isConstructorDeclaration(member) ? 'constructor' : 'static');
      return unit(`${owner}.${name}`, member, file, owner);
    });
}

function unit(name: string, node: ts.Node, file: ts.SourceFile, owner = ''): FoundUnit {
  return { hash: shortHash(owner, normalForm(node)), name, start: node.getStart(file), end: node.end };
}

function isWithoutBehaviour(statement: ts.Statement): boolean {
  return (
    ts.isImportDeclaration(statement) ||
    ts.isExportDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isModuleDeclaration(statement) ||
    ts.isEmptyStatement(statement)
  );
}
