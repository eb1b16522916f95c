export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting that is 1 or absent. Throws a sentence that names it. */
export function yes(name: string, text: string | undefined): boolean {
  if (text === undefined || text === "" || text === "0") return false;
  if (text === "1") return true;
  throw new Error(`${name} is "${text}": give 1, or leave it out`);
}

/** The one that is named, or all. Throws a sentence that names the setting. */
export function oneOf<Name extends string>(
  setting: string,
  only: string | undefined,
  all: readonly Name[],
): readonly Name[] {
  if (only === undefined || only === "") return all;
  const found = all.find((one) => one === only);
  if (found !== undefined) return [found];
  const names = `${all.slice(0, -1).join(", ")} or ${all.at(-1)}`;
  throw new Error(`${setting} is "${only}": give ${names}, or leave it out for ${all.length === 2 ? "both" : "all"}`);
}
