/** No connection came about in time: nothing was sent. */
export class ConnectTimeoutError extends Error {
  override readonly name = "ConnectTimeoutError";
}

const NETWORK_CODES = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENETDOWN",
  "EAI_AGAIN",
]);

/** True for what goes away when a server or a network comes back; false for a wrong name or certificate. */
export function isNetworkError(error: unknown): boolean {
  return (
    error instanceof ConnectTimeoutError ||
    (error instanceof Error && NETWORK_CODES.has((error as NodeJS.ErrnoException).code ?? ""))
  );
}
