import { join } from "node:path";
import { Argument, Command, InvalidArgumentError } from "commander";
import { describeFailure } from "../../demo/hinted.ts";
import { REPOSITORY } from "../../images/paths.ts";
import type { User } from "../launch.ts";
import { tokenCommand } from "../token-command.ts";
import { makeSecrets, SECRETS_FOLDER } from "./secrets.ts";
import { watchService } from "./watch.ts";

// What the containers of docker-compose.yml run.
const program = new Command("compose").description("Run the profile services in containers.");
const environment = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
);

program
  .command("secrets")
  .description("Make passwords and the key, and the files that hold them, unless they were made before.")
  .argument("<owner>", "number of a user and of a group, such as 10001:10001", parseOwner)
  .action((owner: User) => makeSecrets(SECRETS_FOLDER, owner));

program
  .command("watch")
  .description("Run a service, and start it again whenever its sources change.")
  .addArgument(new Argument("<service>").choices(["server", "worker"]))
  .action(async (name: "server" | "worker") => {
    const stop = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
    await watchService(name, {
      runtime: join(REPOSITORY, "runtime"),
      environment,
      write: (text) => void process.stdout.write(text),
      signal: stop.signal,
    });
  });

program.addCommand(tokenCommand(() => SECRETS_FOLDER));

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${describeFailure(error)}\n`);
  process.exitCode = 1;
}

function parseOwner(text: string): User {
  const [, uid, gid] = /^(\d+):(\d+)$/.exec(text) ?? [];
  if (uid === undefined || gid === undefined) throw new InvalidArgumentError("Write two numbers, such as 10001:10001.");
  return { uid: Number(uid), gid: Number(gid) };
}
