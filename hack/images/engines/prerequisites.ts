import { existsSync } from "node:fs";
import { installDebianPackages } from "../../cluster/embedded/debian.ts";

/** Debian packages that building without Docker needs, and a file that shows that each is there. */
const PACKAGES: Readonly<Record<string, string>> = {
  buildah: "/usr/bin/buildah",
  mmdebstrap: "/usr/bin/mmdebstrap",
  "debian-archive-keyring": "/usr/share/keyrings/debian-archive-trixie-stable.gpg",
};

/** Installs what is missing. Otherwise throws one sentence that says what to do. */
export async function ensurePrerequisites(note: (text: string) => void): Promise<void> {
  const either = "start Docker, or";
  if (process.platform !== "linux") throw new Error("images are built by Docker on this system: start Docker");
  if (process.getuid?.() !== 0)
    throw new Error(
      `building images without Docker takes root: ${either} run the command again as root, with sudo say`,
    );
  const missing = missingPackages();
  if (missing.length === 0) return;
  const words = missing.join(" ");
  if (!existsSync("/usr/bin/apt-get"))
    throw new Error(
      `building images without Docker takes ${words}: ${either} install them with this system's package manager`,
    );
  note(`installing ${words}`);
  try {
    await installDebianPackages(missing, () => missingPackages().length === 0);
  } catch (cause) {
    throw new Error(`the packages ${words} could not be installed: ${either} run apt-get install ${words} by hand`, {
      cause,
    });
  }
  const still = missingPackages();
  if (still.length > 0)
    throw new Error(
      `this system's ${still.join(" ")} is too old to build Debian 13 images: ${either} use a newer system`,
    );
}

export function missingPackages(exists: (path: string) => boolean = existsSync): string[] {
  return Object.entries(PACKAGES).flatMap(([name, path]) => (exists(path) ? [] : [name]));
}
