import type { KubernetesObject } from "../../kubernetes.ts";
import type { ApiClient } from "../client/api-client.ts";
import { ApiError } from "../client/api-error.ts";

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
  readonly accept?: string | undefined;
  readonly transform: (object: KubernetesObject) => KubernetesObject;
  readonly signal: AbortSignal;
}

/**
 * Everything that a collection holds, in pages, as the newest state. If the pages' snapshot expires between two of
 * them, it starts again in one piece, which cannot expire.
 *
 * No resourceVersion is given, so that the server must answer with what is newest. `resourceVersion=0` would be answered
 * from whatever its cache holds, and one of several servers may lag behind what was seen already: objects that were
 * deleted come back, and one that was made again looks like its predecessor. It would save little: a server of today
 * answers from its cache anyway, once it has asked its store how far that must have come.
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
  { query, accept, transform, signal }: ListOptions,
  limit: number | undefined,
): Promise<CompleteList> {
  const objects: KubernetesObject[] = [];
  let from: string | undefined;
  for (;;) {
    const page = await client.request<ListPage>({
      method: "GET",
      path,
      accept,
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
