import { userInfo } from "node:os";
import { TOKEN_ROLES, type TokenRole } from "@profile-platform/operator/names";
import { Command, Option } from "commander";
import { tokenOf } from "./issuer.ts";

interface TokenOptions {
  readonly role: TokenRole;
  readonly expires: string;
  readonly subject: string;
}

/** Prints a token, and nothing else. `secrets`: folder with the issuer's key. */
export function tokenCommand(secrets: () => string): Command {
  return new Command("token")
    .description("Print a token for the profile API that runs here.")
    .addOption(
      new Option("--role <name>", "what the bearer may do").choices(TOKEN_ROLES).env("ROLE").makeOptionMandatory(),
    )
    .addOption(new Option("--expires <duration>", "how long it lives, such as 15m").env("EXPIRES").default("1h"))
    .addOption(new Option("--subject <name>", "whom it names").default(userInfo().username, "your user name"))
    .action((options: TokenOptions) => {
      process.stdout.write(`${tokenOf(secrets(), options, Date.now())}\n`);
    });
}
