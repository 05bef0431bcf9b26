import ts from 'typescript';

/**
 * What a piece of code does, as a text that is the same for every way of writing it down: comments, formatting, types,
 * parentheses, kinds of quotes and the names of locals are gone. Names of properties and of what stands outside of the
 * piece (imports, other declarations of the file) are kept, because another name there is another meaning.
 */
export function normalForm(node: ts.Node): string {
  return normalFormOf([node]);
}

/** @param imports names that stand for whole files: what is taken from them counts, and not what they are called */
export function normalFormOf(nodes: readonly ts.Node[], imports: ReadonlySet<string> = new Set()): string {
  const writer = new NormalForm(imports);
  for (const node of nodes) writer.write(node);
  return writer.text;
}

/** Modifiers that change what code does; the others are for readers and the type checker. */
const KEPT_MODIFIERS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.AsyncKeyword,
  ts.SyntaxKind.StaticKeyword,
  ts.SyntaxKind.AccessorKeyword,
]);

class NormalForm {
  readonly #parts: string[] = [];
  /** Locals by name, innermost block last; each local has a number of its own, in order of declaration. */
  readonly #scopes: Map<string, number>[] = [];
  #locals = 0;

  constructor(private readonly imports: ReadonlySet<string>) {}

  get text(): string {
    return this.#parts.join('');
  }

  write(node: ts.Node): void {
    if (isForTypesOnly(node)) return;
    if (isWrapper(node)) return this.write(node.expression);
    if (ts.isIdentifier(node)) return this.#reference(node.text);
    if (ts.isLiteralExpression(node) || ts.isTemplateMiddleOrTemplateTail(node) || ts.isTemplateHead(node)) {
      return this.#literal(node);
    }
    if (ts.isModifier(node)) return this.#modifier(node);
    const opensScope = isScope(node);
    if (opensScope) this.#open(node);
    this.#parts.push('(', kindOf(node), operatorOf(node));
    this.#children(node);
    this.#parts.push(')');
    if (opensScope) this.#scopes.pop();
  }

  #children(node: ts.Node): void {
    if (ts.isPropertyAccessExpression(node)) {
      if (ts.isIdentifier(node.expression) && this.imports.has(node.expression.text)) this.#parts.push(' import');
      else this.write(node.expression);
      this.#parts.push(node.questionDotToken ? '?.' : '.', node.name.text);
    } else if (ts.isShorthandPropertyAssignment(node)) {
      // The same as `name: name`, which it becomes when the local is renamed.
      this.#key(node.name);
      this.#reference(node.name.text);
    } else if (ts.isBindingElement(node)) {
      if (node.dotDotDotToken) this.#parts.push('...');
      else if (ts.isObjectBindingPattern(node.parent)) this.#key(node.propertyName ?? (node.name as ts.PropertyName));
      this.write(node.name);
      if (node.initializer) this.write(node.initializer);
    } else if (ts.isParameter(node) && node.modifiers?.some(ts.isModifier)) {
      // `constructor(private readonly clock: Clock)` also makes a property of that name.
      this.#parts.push(`property ${node.name.getText()} `);
      ts.forEachChild(node, (child) => this.write(child));
    } else {
      const key = keyOf(node);
      ts.forEachChild(node, (child) => (child === key ? this.#key(key) : this.write(child)));
    }
  }

  #key(name: ts.PropertyName): void {
    if (ts.isComputedPropertyName(name)) this.write(name.expression);
    else this.#parts.push(' key ', JSON.stringify(name.text));
  }

  #reference(name: string): void {
    const local = this.#scopes.findLast((scope) => scope.has(name))?.get(name);
    this.#parts.push(local === undefined ? ` ${name}` : ` $${local}`);
  }

  #literal(node: ts.LiteralExpression | ts.TemplateHead | ts.TemplateMiddle | ts.TemplateTail): void {
    const isPlainText = ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node);
    this.#parts.push(' ', isPlainText ? 'text' : ts.SyntaxKind[node.kind], JSON.stringify(node.text));
  }

  #modifier(node: ts.Modifier): void {
    if (KEPT_MODIFIERS.has(node.kind)) this.#parts.push(' ', ts.SyntaxKind[node.kind]);
  }

  #open(node: ts.Node): void {
    const scope = new Map<string, number>();
    for (const name of namesDeclaredIn(node)) if (!scope.has(name)) scope.set(name, (this.#locals += 1));
    this.#scopes.push(scope);
  }
}

function isForTypesOnly(node: ts.Node): boolean {
  if (ts.isExpressionWithTypeArguments(node)) return false; // `extends Base<T>` is evaluated.
  return (
    ts.isTypeNode(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isTypeParameterDeclaration(node) ||
    (ts.isHeritageClause(node) && node.token === ts.SyntaxKind.ImplementsKeyword) ||
    node.kind === ts.SyntaxKind.ExclamationToken ||
    // `name?: string` and `name!: string` of a parameter or a property.
    (node.kind === ts.SyntaxKind.QuestionToken && !ts.isConditionalExpression(node.parent)) ||
    node.kind === ts.SyntaxKind.ColonToken ||
    node.kind === ts.SyntaxKind.EndOfFileToken
  );
}

type Wrapper = ts.ParenthesizedExpression | ts.AsExpression | ts.SatisfiesExpression | ts.NonNullExpression;

function isWrapper(node: ts.Node): node is Wrapper {
  return (
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isNonNullExpression(node)
  );
}

function kindOf(node: ts.Node): string {
  return ts.SyntaxKind[ts.isShorthandPropertyAssignment(node) ? ts.SyntaxKind.PropertyAssignment : node.kind];
}

function operatorOf(node: ts.Node): string {
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node))
    return ` ${ts.tokenToString(node.operator)}`;
  if (!ts.isVariableDeclarationList(node)) return '';
  // Flags of their own, and not of `let` and `const`: the value of `await using` holds the bits of both.
  const kind: number = node.flags & ts.NodeFlags.BlockScoped;
  if (kind === Number(ts.NodeFlags.AwaitUsing)) return ' await using';
  return kind === Number(ts.NodeFlags.Using) ? ' using' : '';
}

/** The name of a property or member, which is not a reference. */
function keyOf(node: ts.Node): ts.PropertyName | undefined {
  if (ts.isPropertyAssignment(node) || ts.isClassElement(node) || ts.isEnumMember(node)) return node.name;
  return ts.isMethodDeclaration(node) || ts.isAccessor(node) ? node.name : undefined;
}

function isScope(node: ts.Node): boolean {
  return (
    ts.isFunctionLike(node) ||
    ts.isBlock(node) ||
    ts.isCaseBlock(node) ||
    ts.isCatchClause(node) ||
    ts.isForStatement(node) ||
    ts.isForOfStatement(node) ||
    ts.isForInStatement(node) ||
    ts.isClassExpression(node)
  );
}

function namesDeclaredIn(scope: ts.Node): string[] {
  if (ts.isFunctionLike(scope)) {
    const own = ts.isFunctionExpression(scope) && scope.name ? [scope.name.text] : [];
    return [...own, ...scope.parameters.flatMap(({ name }) => boundNames(name))];
  }
  if (ts.isBlock(scope)) return scope.statements.flatMap(namesOfStatement);
  if (ts.isCaseBlock(scope)) return scope.clauses.flatMap(({ statements }) => statements.flatMap(namesOfStatement));
  if (ts.isCatchClause(scope)) return scope.variableDeclaration ? boundNames(scope.variableDeclaration.name) : [];
  if (ts.isForStatement(scope) || ts.isForOfStatement(scope) || ts.isForInStatement(scope)) {
    const { initializer } = scope;
    return initializer && ts.isVariableDeclarationList(initializer)
      ? initializer.declarations.flatMap(({ name }) => boundNames(name))
      : [];
  }
  return ts.isClassExpression(scope) && scope.name ? [scope.name.text] : [];
}

function namesOfStatement(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) => boundNames(name));
  }
  const isNamed = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement);
  return isNamed && statement.name ? [statement.name.text] : [];
}

function boundNames(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(element.name) : []));
}
