import { run } from "../../cluster/embedded/command.ts";

/**
 * Gives a token for the profile API, as it goes behind `Bearer`. It is to be asked for each request, for it makes
 * another one in time.
 *
 * @param validFor seconds for which the token has to be valid yet; a minute when left out
 */
export type TokenSource = (validFor?: number) => Promise<string>;

export interface IssuerPlace {
  readonly kubeconfig: string;
  /** Of the platform's server layer. */
  readonly namespace: string;
}

const USUAL_SECONDS = 60;

/**
 * Tokens with the role admin of a platform's embedded issuer, made as a user makes one. It is the one place that demo,
 * checks, load and end-to-end tests have their tokens from.
 */
export function platformTokens({ kubeconfig, namespace }: IssuerPlace): TokenSource {
  const args = ["token", "--role", "admin", "--namespace", namespace, "--kubeconfig", kubeconfig];
  return renewed(async () => (await run("operator/bin/profileplatform", args)).trim());
}

/** Keeps a token for as long as it is valid. `now`: milliseconds since 1970. */
export function renewed(make: () => Promise<string>, now: () => number = Date.now): TokenSource {
  let latest: Promise<string> | undefined;
  const renew = (): Promise<string> => {
    const token = make();
    latest = token;
    // What failed once may not fail the next time.
    token.catch(() => {
      if (latest === token) latest = undefined;
    });
    return token;
  };
  return async (validFor = USUAL_SECONDS) => {
    const kept = latest ?? renew();
    if (secondsLeft(await kept, now()) >= validFor) return kept;
    // Of several who find it too old, the first has another one made.
    const token = await (latest === undefined || latest === kept ? renew() : latest);
    const lives = secondsLeft(token, now());
    if (lives >= validFor) return token;
    throw new Error(
      `a token of this platform lives ${Math.round(lives)} s, and is needed for ${validFor} s: take less`,
    );
  };
}

/** Until a token expires. Throws when it does not say so. */
function secondsLeft(token: string, now: number): number {
  try {
    const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as { exp: number };
    return claims.exp - now / 1000;
  } catch (cause) {
    throw new Error("what was made is no JSON Web Token with claims", { cause });
  }
}
