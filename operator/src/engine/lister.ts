import type { KubernetesObject } from "../kubernetes.ts";
import type { ApiClient } from "./api-client.ts";
import { ApiError } from "./api-error.ts";

const PAGE_SIZE = 500;

interface ListPage {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items?: readonly Omit<KubernetesObject, "apiVersion" | "kind">[];
}

export interface CompleteList {
  readonly objects: readonly KubernetesObject[];
  /** From where to watch. */
  readonly resourceVersion: string;
}

export interface ListOptions {
  /** Label and field selectors. */
  readonly query: Readonly<Record<string, string>>;
  readonly transform: (object: KubernetesObject) => KubernetesObject;
  readonly signal: AbortSignal;
}

/**
 * Everything that a collection holds, in pages, as the newest state (no resourceVersion is given, so no server may
 * answer from an old cache). If the pages' snapshot expires between two of them, it starts again in one piece, which
 * cannot expire.
 */
export async function listAll(client: ApiClient, path: string, options: ListOptions): Promise<CompleteList> {
  try {
    return await listPages(client, path, options, PAGE_SIZE);
  } catch (error) {
    if (error instanceof ApiError && error.isGone) {
      return listPages(client, path, options, undefined);
    }
    throw error;
  }
}

async function listPages(
  client: ApiClient,
  path: string,
  { query, transform, signal }: ListOptions,
  limit: number | undefined,
): Promise<CompleteList> {
  const objects: KubernetesObject[] = [];
  let from: string | undefined;
  for (;;) {
    const page = await client.request<ListPage>({
      method: "GET",
      path,
      query: {
        ...query,
        ...(limit === undefined ? {} : { limit: String(limit) }),
        ...(from === undefined ? {} : { continue: from }),
      },
      signal,
    });
    // Items of a list carry neither; their list does.
    const kind = page.kind.replace(/List$/, "");
    for (const item of page.items ?? []) {
      objects.push(transform({ ...item, apiVersion: page.apiVersion, kind } as KubernetesObject));
    }
    from = page.metadata.continue;
    if (from === undefined || from === "") {
      return { objects, resourceVersion: page.metadata.resourceVersion ?? "" };
    }
  }
}
