/** What `trustedUrl` asks for, as it is told to whoever configures it. */
export const trustedUrlRule =
  "an https URL without query, fragment or user; http only for loopback addresses and names in svc.cluster.local";

/**
 * An address that keys may be fetched from: nobody on the way can put in others. Within the cluster and on the own
 * machine, http will do.
 */
export function trustedUrl(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const { protocol, username, password, hash, search } = url;
  if (username !== "" || password !== "" || hash !== "" || search !== "") return undefined;
  if (protocol === "https:") return url;
  return protocol === "http:" && isNear(url.hostname) ? url : undefined;
}

function isNear(host: string): boolean {
  if (host === "localhost" || host === "[::1]" || host.endsWith(".svc.cluster.local")) return true;
  return /^127(?:\.\d{1,3}){3}$/.test(host);
}
