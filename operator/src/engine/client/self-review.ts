import type { ApiClient } from "./api-client.ts";

export interface SelfReview {
  /** Whom the API server takes the client for. */
  readonly username: string;
  /** What time it is for the API server: the clock that `creationTimestamp` comes from. Milliseconds since the epoch. */
  readonly time: number;
}

interface Answer {
  readonly metadata?: { readonly creationTimestamp?: string | null };
  readonly status?: { readonly userInfo?: { readonly username?: string } };
}

/** Asks the API server who the client is, as everybody who is known to it may, and what time it is. Nothing is stored. */
export async function reviewSelf(client: Pick<ApiClient, "request">, signal?: AbortSignal): Promise<SelfReview> {
  const { metadata, status } = await client.request<Answer>({
    method: "POST",
    path: "/apis/authentication.k8s.io/v1/selfsubjectreviews",
    body: { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" },
    ...(signal === undefined ? {} : { signal }),
  });
  const time = Date.parse(metadata?.creationTimestamp ?? "");
  const username = status?.userInfo?.username ?? "";
  if (Number.isNaN(time) || username === "")
    throw new Error("the API server's SelfSubjectReview names no user or time");
  return { username, time };
}
