import type { ProfilePlatform } from "@profile-platform/crds";
import { Command } from "commander";
import { CREDENTIAL_KEYS } from "../../components/credentials.ts";
import { credentialSecretName } from "../../components/kit/credential-secret.ts";
import type { CredentialName } from "../../components/model.ts";
import type { ApiClient } from "../../engine/client/api-client.ts";
import { isNotFound } from "../../engine/client/api-error.ts";
import { resourcePath } from "../../engine/client/resource-type.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { LABEL_SIGNING_KEY } from "../../labels.ts";
import { SECRET_TYPE } from "../../platform/live/kinds.ts";
import { NO_CREDENTIALS } from "../../platform/plan/gather-credentials.ts";
import { readPatroniRecord } from "../../platform/plan/patroni-records.ts";
import { namespacesOf, resolve } from "../../platform/plan/resolve.ts";
import { type ClusterOptions, connect } from "../cluster.ts";
import type { Console } from "../console.ts";
import { existingOrPlaceholder } from "../credentials.ts";
import { readImages } from "../image-file.ts";
import { readManifests } from "../manifest.ts";
import { collectFiles, contextOption, filesOption, imagesOption, kubeconfigOption } from "../options.ts";
import { createPaint } from "../paint.ts";
import { existingOrPlaceholderKeys } from "../signing-keys.ts";
import { compareObjects } from "./compare.ts";
import { type Difference, describeDifference } from "./difference.ts";
import { findInstalledOperator } from "./installed-operator.ts";
import { comparePlatform } from "./platform.ts";

interface DiffOptions extends ClusterOptions {
  readonly filename: readonly string[];
  readonly images?: string;
}

/** As with `kubectl diff`: 0 no differences, 1 differences, above 1 an error. */
const EXIT_DIFFERENCES = 1;

export function diffCommand(console: Console): Command {
  return new Command("diff")
    .description("Show what applying a manifest would change in the cluster, object by object. Nothing is written.")
    .addOption(filesOption())
    .addOption(imagesOption())
    .addOption(kubeconfigOption())
    .addOption(contextOption())
    .addHelpText(
      "after",
      "\nEnds with code 0 when there are no differences, 1 when there are, above 1 after an error.\n" +
        "Images are those of the cluster's operator, unless --images names others.",
    )
    .action(async (options: DiffOptions) => {
      const differences = await diff(options, console);
      if (differences > 0) process.exitCode = EXIT_DIFFERENCES;
    });
}

async function diff(options: DiffOptions, console: Console): Promise<number> {
  const manifests = readManifests(collectFiles(options.filename));
  const client = connect(options);
  const paint = createPaint(console.colors);
  let count = 0;
  try {
    const operator = await findInstalledOperator(client);
    const images =
      options.images === undefined && operator !== undefined ? operator.images : readImages(options.images);
    for (const manifest of manifests) {
      const { platform, difference } = await comparePlatform(client, manifest);
      const secrets = await readCredentialSecrets(client, platform);
      const { name } = platform.metadata;
      const nothingKnown = { credentials: NO_CREDENTIALS, signingKeys: undefined };
      const outline = resolve(platform, { images, operator, ...nothingKnown });
      const credentials = existingOrPlaceholder(outline, secrets);
      const signingKeys = existingOrPlaceholderKeys(name, await readKeySecrets(client, platform));
      const model = resolve(platform, { images, credentials, signingKeys, operator });
      // Empty while a database is being made.
      const { identity } = await readPatroniRecord(model.namespaces["data-layer"], { client });
      const database = identity || undefined;
      const objects = await compareObjects(client, platform, { ...model, database });
      const all: readonly Difference[] = difference === undefined ? objects : [difference, ...objects];
      for (const one of all) console.out(`${describeDifference(one, paint)}\n`);
      count += all.length;
    }
  } finally {
    client.close();
  }
  return count;
}

async function readCredentialSecrets(
  client: ApiClient,
  platform: ProfilePlatform,
): Promise<readonly KubernetesObject[]> {
  const namespace = namespacesOf(platform.spec.namespacePrefix)["data-layer"];
  const found: KubernetesObject[] = [];
  for (const credential of Object.keys(CREDENTIAL_KEYS) as CredentialName[]) {
    const name = credentialSecretName(credential);
    try {
      found.push(await client.request({ method: "GET", path: resourcePath(SECRET_TYPE, { namespace, name }) }));
    } catch (error) {
      if (!isNotFound(error)) throw new Error(`while reading Secret ${namespace}/${name}`, { cause: error });
    }
  }
  return found;
}

async function readKeySecrets(client: ApiClient, platform: ProfilePlatform): Promise<readonly KubernetesObject[]> {
  const namespace = namespacesOf(platform.spec.namespacePrefix)["server-layer"];
  const path = resourcePath(SECRET_TYPE, { namespace });
  try {
    const query = { labelSelector: LABEL_SIGNING_KEY };
    return (await client.request<{ items: readonly KubernetesObject[] }>({ method: "GET", path, query })).items;
  } catch (error) {
    throw new Error(`while reading the signing keys in namespace ${namespace}`, { cause: error });
  }
}
