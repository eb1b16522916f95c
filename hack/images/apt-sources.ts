import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Environment variable that names a Debian mirror where the machine's own apt sources have none. */
export const MIRROR_VARIABLE = "PROFILE_PLATFORM_DEBIAN_MIRROR";

/** One repository as apt knows it. */
interface Repository {
  readonly uri: string;
  readonly suite: string;
}

/**
 * Lines of a sources.list for a Debian release, from the mirrors that this machine uses for the release that it runs
 * itself (`codename`; undefined where it runs no Debian): the archive, its updates, and security fixes where the
 * machine gets them too. A mirror that is given stands in for the archive.
 */
export function sourcesFor(
  release: string,
  repositories: readonly Repository[],
  codename: string | undefined,
  mirror?: string,
): string {
  const uriOf = (suite: string) => repositories.find((repository) => repository.suite === suite)?.uri;
  const archive = mirror ?? (codename && uriOf(codename));
  if (!archive)
    throw new Error(`this machine's apt sources name no Debian mirror: set ${MIRROR_VARIABLE} to the address of one`);
  const security = codename && uriOf(`${codename}-security`);
  const lines = [`deb ${archive} ${release} main`, `deb ${archive} ${release}-updates main`];
  if (security) lines.push(`deb ${security} ${release}-security main`);
  return `${lines.join("\n")}\n`;
}

/** Name of the Debian release in the text of /etc/os-release; undefined for another distribution. */
export function parseCodename(osRelease: string): string | undefined {
  if (!/^ID="?debian"?$/m.test(osRelease)) return undefined;
  return /^VERSION_CODENAME="?(\w+)"?$/m.exec(osRelease)?.[1];
}

/** Reads /etc/apt: the one-line format and the deb822 format. */
export function readRepositories(apt = "/etc/apt"): Repository[] {
  const parts = join(apt, "sources.list.d");
  const files = [join(apt, "sources.list")];
  if (existsSync(parts))
    files.push(
      ...readdirSync(parts)
        .sort()
        .map((name) => join(parts, name)),
    );
  return files
    .filter((file) => existsSync(file) && /\.(list|sources)$/.test(file))
    .flatMap((file) => {
      const text = readFileSync(file, "utf8");
      return file.endsWith(".sources") ? parseStanzas(text) : parseLines(text);
    });
}

/** `deb [options] uri suite component…` */
export function parseLines(text: string): Repository[] {
  return [...text.matchAll(/^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+\S/gm)].map(([, uri = "", suite = ""]) => ({
    uri,
    suite,
  }));
}

/** Stanzas of `Types`, `URIs`, `Suites`. Those that are switched off, or hold sources alone, do not count. */
export function parseStanzas(text: string): Repository[] {
  const withoutComments = text.replaceAll(/^#.*\n?/gm, "");
  return withoutComments.split(/\n\s*\n/).flatMap((stanza) => {
    const words = (name: string) =>
      new RegExp(`^${name}:[ \\t]*(.*)$`, "im").exec(stanza)?.[1]?.trim().split(/\s+/) ?? [];
    if (!words("Types").includes("deb") || words("Enabled")[0] === "no") return [];
    return words("URIs").flatMap((uri) => words("Suites").map((suite) => ({ uri, suite })));
  });
}
