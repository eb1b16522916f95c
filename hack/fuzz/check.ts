import type { ApiAddress } from "../live/address.ts";
import type { Check } from "../live/check.ts";
import { fuzz } from "./fuzz.ts";
import { ensureSchemathesis } from "./install.ts";
import { longestRun } from "./schemathesis.ts";
import type { FuzzSettings } from "./settings.ts";
import { summaryOf } from "./summary.ts";

/** Seconds that the token has to be valid beyond the run: what was made is taken away afterwards. */
const TOKEN_MARGIN = 120;

/** Requests out of the OpenAPI document, as a check of the running platform. `write` is told what was asked. */
export function fuzzCheck(
  { url, token }: Pick<ApiAddress, "url" | "token">,
  settings: FuzzSettings,
  write: (text: string) => void,
): Check {
  return {
    name: "requests that schemathesis generates from /openapi.json are answered as it says",
    run: async () => {
      const schemathesis = await ensureSchemathesis(process.env, () => write("installing schemathesis from PyPI …\n"));
      const { seed, examples, seconds } = settings;
      write(
        `schemathesis: SEED=${seed} EXAMPLES=${examples}${seconds === undefined ? "" : ` FUZZ_SECONDS=${seconds}`}\n`,
      );
      const target = { url, token: await token(longestRun(settings) + TOKEN_MARGIN) };
      const { tally, problems, output } = await fuzz(schemathesis, target, settings);
      write(summaryOf(tally));
      if (problems.length > 0) throw new Error(problems.join("\n    "), { cause: new Error(output) });
    },
  };
}
