import { readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parse } from "yaml";
import type { UpstreamAddress } from "./upstream.ts";

interface KubeconfigFile {
  readonly "current-context"?: string;
  readonly contexts?: readonly {
    readonly name: string;
    readonly context: { readonly cluster: string; readonly user: string };
  }[];
  readonly clusters?: readonly {
    readonly name: string;
    readonly cluster: {
      readonly server: string;
      readonly "certificate-authority"?: string;
      readonly "certificate-authority-data"?: string;
    };
  }[];
  readonly users?: readonly { readonly name: string; readonly user: Readonly<Record<string, unknown>> }[];
}

/** What a proxy has to know of the kubeconfig of its client. */
export interface ClientKubeconfig {
  readonly upstream: UpstreamAddress;
  /** As it is in the file; a bearer token, since a client certificate cannot pass through somebody who ends TLS. */
  readonly user: Readonly<Record<string, unknown>>;
}

/** Reads the current context of a kubeconfig. Throws a sentence for one that cannot be used through a proxy. */
export function readKubeconfig(path: string): ClientKubeconfig {
  const file = parse(readFileSync(path, "utf8")) as KubeconfigFile;
  const context = file.contexts?.find(({ name }) => name === file["current-context"])?.context;
  const cluster = file.clusters?.find(({ name }) => name === context?.cluster)?.cluster;
  const user = file.users?.find(({ name }) => name === context?.user)?.user;
  if (cluster === undefined || user === undefined) {
    throw new Error(`${path} has no cluster and user for its current context: give a complete kubeconfig`);
  }
  if (user["token"] === undefined && user["tokenFile"] === undefined) {
    throw new Error(
      `the user in ${path} has no token, and a client certificate cannot pass through a proxy that ends TLS: ` +
        'give a kubeconfig with the token of a service account ("kubectl create token")',
    );
  }
  return { upstream: { server: cluster.server, authority: authorityOf(cluster, dirname(path)) }, user };
}

function authorityOf(
  cluster: NonNullable<KubeconfigFile["clusters"]>[number]["cluster"],
  folder: string,
): UpstreamAddress["authority"] {
  const { "certificate-authority": file, "certificate-authority-data": data } = cluster;
  if (data !== undefined) return { pem: Buffer.from(data, "base64").toString("utf8") };
  return file === undefined ? undefined : { file: resolve(folder, file) };
}

/** The same user at another server. Mode 0600: it holds the token. */
export function writeKubeconfig(
  path: string,
  { server, authorityFile, user }: { readonly server: string; readonly authorityFile: string; readonly user: unknown },
): void {
  const file = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "faults", cluster: { server, "certificate-authority": authorityFile } }],
    users: [{ name: "faults", user }],
    contexts: [{ name: "faults", context: { cluster: "faults", user: "faults" } }],
    "current-context": "faults",
  };
  writeFileSync(path, JSON.stringify(file, null, 2), { mode: 0o600 });
}
