import { join } from 'node:path';
import ts from 'typescript';

/** Answers whether changed files still compile, with all that depends on them; the project is read once. */
export class TypeCheck {
  readonly #service: ts.LanguageService;
  #changed: ReadonlyMap<string, string> = new Map();
  #version = 0;

  constructor(private readonly root: string) {
    const config = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path));
    const { options, fileNames } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
    const host: ts.LanguageServiceHost = {
      getCompilationSettings: () => options,
      getScriptFileNames: () => fileNames.filter((name) => /[/\\](ssot|platform)[/\\]/.test(name)),
      getScriptVersion: (name) => (this.#changed.has(name) ? String(this.#version) : '0'),
      getScriptSnapshot: (name) => {
        const text = this.#changed.get(name) ?? ts.sys.readFile(name);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => root,
      getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
      fileExists: (path) => ts.sys.fileExists(path),
      readFile: (path) => ts.sys.readFile(path),
      readDirectory: (...args) => ts.sys.readDirectory(...args),
      directoryExists: (path) => ts.sys.directoryExists(path),
      getDirectories: (path) => ts.sys.getDirectories(path),
    };
    this.#service = ts.createLanguageService(host);
  }

  /** What is wrong, one line each; looks at the changed files and the others of their folders. */
  errorsOf(changed: ReadonlyMap<string, string>): string[] {
    this.#version += 1;
    this.#changed = new Map([...changed].map(([path, text]) => [join(this.root, path), text]));
    const folders = [...changed.keys()].map((path) => join(this.root, path.split('/').slice(0, 2).join('/')));
    const program = this.#service.getProgram();
    const looked = (program?.getSourceFiles() ?? []).filter(
      ({ fileName }) => !fileName.endsWith('.test.ts') && folders.some((folder) => fileName.startsWith(folder)),
    );
    return looked.flatMap(({ fileName }) =>
      [...this.#service.getSyntacticDiagnostics(fileName), ...this.#service.getSemanticDiagnostics(fileName)].map(
        (one) => `${fileName.slice(this.root.length + 1)}: ${ts.flattenDiagnosticMessageText(one.messageText, ' ')}`,
      ),
    );
  }
}
