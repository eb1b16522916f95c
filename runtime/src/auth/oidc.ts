import { createRemoteJWKSet } from "jose";
import { z } from "zod";
import type { KeySource } from "./key-source.ts";
import { trustedUrl, trustedUrlRule } from "./trusted-url.ts";

/** Milliseconds for one answer of the issuer. */
const patience = 5_000;

const metadata = z.looseObject({ issuer: z.string(), jwks_uri: z.string() });

/**
 * The keys that an OpenID Connect issuer publishes where its discovery document says. That is looked up each time, for
 * an issuer may move them.
 *
 * @param issuer as tokens have it in `iss`, and as the document must have it, to the letter
 * @param timeout milliseconds for one answer
 */
export function oidcKeys(issuer: string, timeout: number = patience): KeySource {
  const discovery = `${issuer.replace(/\/+$/, "")}/.well-known/openid-configuration`;
  return {
    name: issuer,
    async read() {
      const keys = createRemoteJWKSet(await keysAddress(), { timeoutDuration: timeout });
      try {
        await keys.reload();
      } catch (cause) {
        throw new Error("while fetching the keys from its jwks_uri", { cause });
      }
      return keys.jwks();
    },
  };

  async function keysAddress(): Promise<URL> {
    const found = metadata.safeParse(await document());
    if (!found.success) throw new Error(`${discovery} has no issuer and jwks_uri`);
    const { issuer: told, jwks_uri: address } = found.data;
    if (told !== issuer) {
      throw new Error(`${discovery} is that of ${told}: set AUTH_OIDC_ISSUER to that, if it is the one you trust`);
    }
    const url = trustedUrl(address);
    if (url === undefined) throw new Error(`its jwks_uri ${address} is not ${trustedUrlRule}`);
    return url;
  }

  async function document(): Promise<unknown> {
    try {
      const answer = await fetch(discovery, {
        headers: { Accept: "application/json" },
        // Whom to trust is configured, and not for the answer to say.
        redirect: "manual",
        signal: AbortSignal.timeout(timeout),
      });
      if (answer.status !== 200) throw new Error(`it was answered with ${answer.status}`);
      return await answer.json();
    } catch (cause) {
      throw new Error(`while fetching ${discovery}`, { cause });
    }
  }
}
