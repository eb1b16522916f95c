/** Where the keys of an issuer are read. */
export interface KeySource {
  /** For the log: a path, or an address. */
  readonly name: string;
  /** All of them, anew. @returns a JSON Web Key Set, unchecked */
  read(): Promise<unknown>;
}
