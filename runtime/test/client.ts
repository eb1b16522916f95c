import type { Image } from "../src/images/image.ts";
import type { ProblemDetails } from "../src/kit/http/problem.ts";
import type { ProfileView } from "../src/profiles/profile.ts";
import type { Task } from "../src/tasks/task.ts";
import { until } from "./instance.ts";
import { issuer } from "./issuer.ts";
import { metricsUrlOf } from "./metrics-urls.ts";

export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface ProfileBody {
  readonly profile: ProfileView;
  readonly source: "cache" | "database";
}

export interface ImageBody extends ProfileBody {
  readonly image: Image;
}

/** Signing one takes longer than checking it. */
const usualToken = await issuer.token();

/**
 * Sends one request; an object is sent as JSON, bytes and forms as they are. The token is that of an admin, unless the
 * headers have another one.
 */
export async function send<Body = ProblemDetails>(
  url: string,
  method = "GET",
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer<Body>> {
  const raw = body instanceof Uint8Array || body instanceof FormData;
  const payload = raw || typeof body === "string" ? (body as NonNullable<RequestInit["body"]>) : JSON.stringify(body);
  const response = await fetch(url, {
    method,
    headers: {
      Authorization: `Bearer ${usualToken}`,
      ...(body === undefined || raw ? {} : { "Content-Type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: payload }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (text === "" ? undefined : JSON.parse(text)) as Body,
  };
}

export interface TaskPage {
  readonly tasks: readonly Task[];
  readonly nextCursor?: string;
}

const ended: ReadonlySet<string> = new Set(["succeeded", "failed", "cancelled"]);

export function createClient(url: string) {
  const profiles = `${url}/api/v1/profiles`;
  return {
    url,
    async create(email: string, name = "Ada Lovelace"): Promise<ProfileView> {
      const { body } = await send<ProfileBody>(profiles, "POST", { name, email });
      return body.profile;
    },
    read: (id: string) => send<ProfileBody>(`${profiles}/${id}`),
    replace: (id: string, input: unknown) => send<ProfileBody>(`${profiles}/${id}`, "PUT", input),
    upload: (id: string, file: Uint8Array, headers: Readonly<Record<string, string>> = {}) =>
      send<ImageBody & ProblemDetails>(`${profiles}/${id}/images`, "POST", file, {
        "Content-Type": "image/png",
        ...headers,
      }),
    removeImage: (id: string, hash: string) =>
      send<ProfileBody & ProblemDetails>(`${profiles}/${id}/images/${hash}`, "DELETE"),
    delete: (id: string) => send<undefined>(`${profiles}/${id}`, "DELETE"),
    async delay(type: string, payload: unknown, delaySeconds = 0): Promise<Task> {
      const input = { type, payload, delaySeconds };
      const { body } = await send<{ task: Task }>(`${url}/api/v1/tasks/delayed`, "POST", input);
      return body.task;
    },
    async task(id: string): Promise<Task> {
      return (await send<{ task: Task }>(`${url}/api/v1/tasks/${id}`)).body.task;
    },
    cancel: (id: string) => send<{ task: Task } & ProblemDetails>(`${url}/api/v1/tasks/${id}/cancel`, "POST"),
    replay: (id: string, input?: unknown) =>
      send<{ task: Task } & ProblemDetails>(`${url}/api/v1/tasks/${id}/replay`, "POST", input),
    /** Tasks that a query finds, a page. */
    list: (query: Readonly<Record<string, string>>) =>
      send<TaskPage & ProblemDetails>(`${url}/api/v1/tasks?${new URLSearchParams(query).toString()}`),
    /** Waits until the task has ended. */
    async ended(id: string): Promise<Task> {
      return until(`the end of task ${id}`, async () => {
        const task = await this.task(id);
        return ended.has(task.status) ? task : undefined;
      });
    },
    /** The value of a metric without labels, or of the line that starts with the given text. */
    async metric(start: string): Promise<number> {
      const text = await (await fetch(`${metricsUrlOf(url)}/metrics`)).text();
      const line = text.split("\n").find((candidate) => candidate.startsWith(`${start} `));
      return Number(line?.slice(start.length + 1) ?? Number.NaN);
    },
  };
}

export type Client = ReturnType<typeof createClient>;
