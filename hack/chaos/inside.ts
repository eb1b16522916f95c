import type { Kubectl } from "../e2e/support/kubectl.ts";

/** Where PostgreSQL runs. */
export interface Place {
  readonly kubectl: Kubectl;
  readonly namespace: string;
}

/** Runs a command in the container of PostgreSQL of a pod; returns what it printed. */
export async function inside({ kubectl, namespace }: Place, pod: string, command: readonly string[]): Promise<string> {
  return kubectl.run(["exec", pod, "-n", namespace, "-c", "postgresql", "--request-timeout=10s", "--", ...command]);
}

/** Runs SQL as the superuser through the socket; returns its rows, fields with commas between them. */
export async function query(place: Place, pod: string, sql: string, database = "postgres"): Promise<readonly string[]> {
  const options = ["--no-psqlrc", "--quiet", "--tuples-only", "--csv", "--set=ON_ERROR_STOP=1"];
  const connection = ["--host=/run/postgresql", "--username=postgres", `--dbname=${database}`];
  const text = await inside(place, pod, ["psql", ...options, ...connection, "--command", sql]);
  return text.split("\n").filter((line) => line !== "");
}
