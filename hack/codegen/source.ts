import {
  type InterfaceDeclaration,
  type JSDoc,
  type JSDocableNode,
  Node,
  Project,
  type SourceFile,
  type TypeAliasDeclaration,
  type TypeNode,
} from "ts-morph";
import type { Comment, Declaration, Declarations, Property, TypeExpression } from "./declarations.ts";
import type { Position, Problems } from "./problems.ts";

/** A file of types, as text, so that nothing but the caller touches a disk. */
export interface SourceText {
  readonly path: string;
  readonly text: string;
}

/**
 * Reads exported interfaces and type aliases. The only file that knows ts-morph, which bundles a TypeScript of its own:
 * everything after it works on plain data.
 */
export function readDeclarations(sources: readonly SourceText[], problems: Problems): Declarations {
  const project = new Project({ useInMemoryFileSystem: true, skipLoadingLibFiles: true });
  const declarations = new Map<string, Declaration>();
  for (const { path, text } of sources) {
    const file = project.createSourceFile(`/${path}`, text);
    for (const declaration of readFile(file, problems)) {
      const first = declarations.get(declaration.name);
      if (first !== undefined) {
        const { file, line } = first.position;
        problems.report(
          declaration.position,
          `${declaration.name} is already declared in ${file}:${line}: rename one of them`,
        );
      } else declarations.set(declaration.name, declaration);
    }
  }
  for (const diagnostic of project.getProgram().getSyntacticDiagnostics()) {
    const message = diagnostic.getMessageText();
    const text = typeof message === "string" ? message : message.getMessageText();
    problems.report(positionAt(diagnostic.getSourceFile(), diagnostic.getStart()), `not valid TypeScript: ${text}`);
  }
  return declarations;
}

function readFile(file: SourceFile, problems: Problems): Declaration[] {
  const found: Declaration[] = [];
  for (const statement of file.getStatements()) {
    if (Node.isInterfaceDeclaration(statement)) found.push(readInterface(statement, problems));
    else if (Node.isTypeAliasDeclaration(statement)) found.push(readAlias(statement, problems));
  }
  return found;
}

function readInterface(node: InterfaceDeclaration, problems: Problems): Declaration {
  refuseTypeParameters(node, problems);
  const [parent] = node.getExtends();
  if (parent !== undefined) {
    problems.report(positionOf(parent), `${node.getName()} extends another type: write its properties out`);
  }
  const properties: Property[] = [];
  for (const member of node.getMembers()) {
    if (Node.isPropertySignature(member)) {
      const type = member.getTypeNode();
      properties.push({
        name: member.getSymbolOrThrow().getName(),
        optional: member.hasQuestionToken(),
        position: positionOf(member.getNameNode()),
        comment: readComment(member),
        type: type === undefined ? inexpressible(member, "it has no type: give one") : readType(type),
      });
    } else {
      problems.report(
        positionOf(member),
        `${node.getName()} has a member that is no property, which no schema can express: use a property, or Record<string, …> for a map`,
      );
    }
  }
  return {
    name: node.getName(),
    position: positionOf(node.getNameNode()),
    comment: readComment(node),
    body: { kind: "object", properties },
  };
}

function readAlias(node: TypeAliasDeclaration, problems: Problems): Declaration {
  refuseTypeParameters(node, problems);
  return {
    name: node.getName(),
    position: positionOf(node.getNameNode()),
    comment: readComment(node),
    body: { kind: "alias", type: readType(node.getTypeNodeOrThrow()) },
  };
}

function refuseTypeParameters(node: InterfaceDeclaration | TypeAliasDeclaration, problems: Problems): void {
  const [parameter] = node.getTypeParameters();
  if (parameter !== undefined) {
    problems.report(positionOf(parameter), `${node.getName()} has type parameters: write one type for each use`);
  }
}

function readType(node: TypeNode): TypeExpression {
  const position = positionOf(node);
  if (Node.isParenthesizedTypeNode(node)) return readType(node.getTypeNode());
  if (Node.isTypeOperatorTypeNode(node) && node.getText().startsWith("readonly ")) return readType(node.getTypeNode());
  if (Node.isStringKeyword(node)) return { kind: "string", position };
  if (Node.isNumberKeyword(node)) return { kind: "number", position };
  if (Node.isBooleanKeyword(node)) return { kind: "boolean", position };
  if (Node.isArrayTypeNode(node)) return { kind: "array", element: readType(node.getElementTypeNode()), position };
  if (Node.isLiteralTypeNode(node) || Node.isUnionTypeNode(node)) return readLiterals(node);
  if (Node.isTypeReference(node)) {
    const name = node.getTypeName().getText();
    const [first, second] = node.getTypeArguments();
    if (first === undefined) return { kind: "reference", name, position };
    if ((name === "Array" || name === "ReadonlyArray") && second === undefined) {
      return { kind: "array", element: readType(first), position };
    }
    if (name === "Record" && second !== undefined && Node.isStringKeyword(first)) {
      return { kind: "map", value: readType(second), position };
    }
    if (name === "Readonly" && second === undefined) return readType(first);
    return inexpressible(node, `${node.getText()} is generic: only Record<string, …> and arrays are understood`);
  }
  return inexpressible(node, `${node.getText()} has no form in a structural schema`);
}

function readLiterals(node: TypeNode): TypeExpression {
  const parts = Node.isUnionTypeNode(node) ? node.getTypeNodes() : [node];
  const values: (string | number)[] = [];
  for (const part of parts) {
    const literal = Node.isLiteralTypeNode(part) ? part.getLiteral() : undefined;
    if (Node.isStringLiteral(literal)) values.push(literal.getLiteralValue());
    else if (Node.isNumericLiteral(literal)) values.push(literal.getLiteralValue());
    else {
      return inexpressible(
        node,
        `${node.getText()} is a union of more than literals: a structural schema gives a value one type`,
      );
    }
  }
  if (new Set(values.map((value) => typeof value)).size > 1) {
    return inexpressible(
      node,
      `${node.getText()} mixes strings and numbers: a structural schema gives a value one type`,
    );
  }
  return { kind: "literals", values, position: positionOf(node) };
}

function inexpressible(node: Node, reason: string): TypeExpression {
  return { kind: "inexpressible", reason, position: positionOf(node) };
}

function readComment(node: JSDocableNode): Comment {
  // TypeScript attaches every comment block above a node; only the last one belongs to it.
  const doc: JSDoc | undefined = node.getJsDocs().at(-1);
  if (doc === undefined) return { description: "", tags: [] };
  return {
    description: oneLine(doc.getDescription()),
    tags: doc.getTags().map((tag) => ({
      name: tag.getTagName(),
      text: oneLine(tag.getCommentText() ?? ""),
      position: positionOf(tag),
    })),
  };
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, " ");
}

function positionOf(node: Node): Position {
  return positionAt(node.getSourceFile(), node.getStart());
}

function positionAt(file: SourceFile | undefined, offset: number): Position {
  if (file === undefined) return { file: "types", line: 1, column: 1 };
  const { line, column } = file.getLineAndColumnAtPos(offset);
  return { file: file.getFilePath().slice(1), line, column };
}
