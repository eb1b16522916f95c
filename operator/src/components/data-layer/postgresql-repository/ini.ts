/** A section of pgBackRest's configuration, by its name. */
export type Sections = Readonly<Record<string, Readonly<Record<string, string | number>>>>;

/** The text of a configuration file of pgBackRest. */
export function writeIni(sections: Sections): string {
  return Object.entries(sections)
    .map(([name, options]) =>
      [`[${name}]`, ...Object.entries(options).map(([option, value]) => `${option}=${value}`), ""].join("\n"),
    )
    .join("");
}
