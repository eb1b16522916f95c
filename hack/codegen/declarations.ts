import type { Position } from "./problems.ts";

/** What the code generator knows of the TypeScript types: plain data, free of the parser that it came from. */
export type Declarations = ReadonlyMap<string, Declaration>;

/** An exported interface or type alias. */
export interface Declaration {
  readonly name: string;
  readonly position: Position;
  readonly comment: Comment;
  readonly body: ObjectBody | AliasBody;
}

export interface ObjectBody {
  readonly kind: "object";
  readonly properties: readonly Property[];
}

export interface AliasBody {
  readonly kind: "alias";
  readonly type: TypeExpression;
}

export interface Property {
  readonly name: string;
  readonly optional: boolean;
  readonly position: Position;
  readonly comment: Comment;
  readonly type: TypeExpression;
}

/** Text of a JSDoc comment before its first tag, in one line, and its tags in order. */
export interface Comment {
  readonly description: string;
  readonly tags: readonly Tag[];
}

export interface Tag {
  readonly name: string;
  readonly text: string;
  readonly position: Position;
}

/** A type as it is written where it is used. */
export type TypeExpression = { readonly position: Position } & (
  | { readonly kind: "string" | "number" | "boolean" }
  | { readonly kind: "literals"; readonly values: readonly (string | number)[] }
  | { readonly kind: "array"; readonly element: TypeExpression }
  | { readonly kind: "map"; readonly value: TypeExpression }
  | { readonly kind: "reference"; readonly name: string }
  /** Anything that a structural schema has no form for; `reason` says what to write instead. */
  | { readonly kind: "inexpressible"; readonly reason: string }
);
