// Installs the packages of package-lock.json when what is installed differs from it. Plain JavaScript for any version
// of Node: the project's own Node is one of those packages.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const PROJECT_NODE = "node_modules/.bin/node";

/** Why packages must be installed; undefined when all is there. */
function staleness() {
  if (!existsSync("node_modules/.package-lock.json")) return "no packages are installed";
  const wanted = packages("package-lock.json");
  const installed = packages("node_modules/.package-lock.json");
  for (const [path, { version, optional, link }] of Object.entries(wanted)) {
    // npm leaves out what is optional and made for another platform.
    if (path === "" || (optional && !installed[path])) continue;
    if (!installed[path]) return `${path} is not installed`;
    if (!link && installed[path].version !== version) return `${path} is ${installed[path].version}, not ${version}`;
  }
  if (!runs()) return "the project's Node does not run";
  return undefined;
}

function packages(file) {
  return JSON.parse(readFileSync(file, "utf8")).packages;
}

function runs() {
  const { error, stdout } = spawnSync(PROJECT_NODE, ["--version"], { encoding: "utf8" });
  return error === undefined && stdout.startsWith("v24.");
}

const reason = staleness();
if (reason !== undefined) {
  console.error(`installing packages (${reason}) …`);
  // npm warns that the machine's Node is not the project's; everything runs on the project's.
  const install = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { stdio: "inherit" });
  if (install.error) {
    console.error(`npm did not start (${install.error.message}): install Node with npm, such as Debian's package npm.`);
    process.exit(1);
  }
  if (install.status !== 0) {
    console.error("npm ci failed: see its message above; most often the package registry cannot be reached.");
    process.exit(1);
  }
  if (!runs()) {
    console.error(
      `${PROJECT_NODE} does not run: its install script was not allowed. Run "npm rebuild node", then try again.`,
    );
    process.exit(1);
  }
}
