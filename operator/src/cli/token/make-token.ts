import { randomUUID } from "node:crypto";
import { parseDuration } from "../../components/kit/duration.ts";
import { embeddedIssuerURL } from "../../components/server-layer/auth/settings.ts";
import type { ApiClient } from "../../engine/client/api-client.ts";
import { reviewSelf, type SelfReview } from "../../engine/client/self-review.ts";
import { UsageError } from "../../errors.ts";
import { TOKEN_AUDIENCE, type TokenRole } from "../../names.ts";
import { findNamespace, readIssuer } from "./issuer.ts";
import { signToken } from "./sign.ts";

export interface TokenWishes {
  readonly role: TokenRole;
  /** Name of the ProfilePlatform; not needed where there is only one. */
  readonly platform?: string | undefined;
  /** Namespace of the platform's server layer, for who may not read ProfilePlatforms. */
  readonly namespace?: string | undefined;
  /** How long it lives, such as `15m`; an hour when left out, or as long as the platform allows if that is less. */
  readonly expires?: string | undefined;
  /** Whom it names; when left out, who the API server takes the caller for. */
  readonly subject?: string | undefined;
}

const USUAL_LIFETIME = "1h";

/**
 * A token for the profile API of a platform, signed with its embedded issuer's key, which the client has to be allowed
 * to read. Throws UsageError with a sentence for everything that the caller can put right. `now`: milliseconds since the
 * epoch; when left out, the API server's time.
 */
export async function makeToken(
  client: Pick<ApiClient, "request">,
  { role, platform, namespace, expires, subject }: TokenWishes,
  now?: number,
): Promise<string> {
  const wanted = expires === undefined ? undefined : lifetimeOf(expires);
  const place = namespace ?? (await findNamespace(client, platform));
  // By the clock that the keys' times come from, and before they are looked for: a token must not outlive its key's
  // public half, whatever the clock here says.
  const caller = await askWho(client);
  const time = now ?? caller.time;
  const { key, maxLifetime } = await readIssuer(client, place, time);
  const most = parseDuration(maxLifetime);
  if (wanted !== undefined && wanted > most) {
    throw new UsageError(
      `A token of this platform lives ${maxLifetime} at most, and ${expires} is longer: ask for less with --expires, or ` +
        "raise spec.auth.embedded.maxTokenLifetime of the ProfilePlatform (up to 24h).",
    );
  }
  const lifetimeMs = wanted ?? Math.min(most, parseDuration(USUAL_LIFETIME));
  const sub = subject ?? caller.username;
  const iat = Math.floor(time / 1000);
  const exp = iat + Math.floor(lifetimeMs / 1000);
  const iss = embeddedIssuerURL(place);
  return signToken(key, { iss, aud: TOKEN_AUDIENCE, sub, roles: [role], iat, exp, jti: randomUUID() });
}

function lifetimeOf(expires: string): number {
  try {
    return parseDuration(expires);
  } catch (cause) {
    throw new UsageError(`--expires: ${(cause as Error).message}`, { cause });
  }
}

async function askWho(client: Pick<ApiClient, "request">): Promise<SelfReview> {
  try {
    return await reviewSelf(client);
  } catch (cause) {
    throw new Error("while asking the API server who you are and what time it is", { cause });
  }
}
