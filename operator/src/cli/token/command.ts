import { Command, Option } from "commander";
import { TOKEN_ROLES, type TokenRole } from "../../names.ts";
import { type ClusterOptions, connect } from "../cluster.ts";
import type { Console } from "../console.ts";
import { contextOption, kubeconfigOption } from "../options.ts";
import { makeToken } from "./make-token.ts";

interface TokenOptions extends ClusterOptions {
  readonly role: TokenRole;
  readonly platform?: string;
  readonly namespace?: string;
  readonly expires?: string;
  readonly subject?: string;
}

export function tokenCommand(console: Console): Command {
  return new Command("token")
    .description("Print a token for the profile API of a platform, signed with the key of its embedded issuer.")
    .addOption(
      new Option("--role <name>", "what the bearer may do, from reading to deleting")
        .choices(TOKEN_ROLES)
        .makeOptionMandatory(),
    )
    .addOption(new Option("--platform <name>", "name of the platform (default: the only one)").conflicts("namespace"))
    .option("--namespace <name>", "namespace of its server layer, for who may not read ProfilePlatforms")
    .option("--expires <duration>", "how long it lives, such as 15m (default: 1h, or the platform's limit if lower)")
    .option("--subject <name>", "whom it names (default: your user name in the cluster)")
    .addOption(kubeconfigOption())
    .addOption(contextOption())
    .addHelpText(
      "after",
      "\nThe token is all that is written to the standard output:\n" +
        '  curl -H "Authorization: Bearer $(profileplatform token --role editor)" …',
    )
    .action(async (options: TokenOptions) => {
      const client = connect(options);
      try {
        console.out(`${await makeToken(client, options)}\n`);
      } finally {
        client.close();
      }
    });
}
