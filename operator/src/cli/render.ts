import { Command, Option } from "commander";
import { stringify } from "yaml";
import type { KubernetesObject } from "../kubernetes.ts";
import { LAYERS, type LayerName } from "../names.ts";
import { NO_CREDENTIALS } from "../platform/plan/gather-credentials.ts";
import { resolve } from "../platform/plan/resolve.ts";
import type { Console } from "./console.ts";
import { existingOrFresh, placeholderCredentials } from "./credentials.ts";
import { readImages } from "./image-file.ts";
import { readManifests } from "./manifest.ts";
import { collectFiles, filesOption, imagesOption } from "./options.ts";
import { redact } from "./redact.ts";
import { type RenderedLayer, renderLayers } from "./rendering.ts";
import { readSecrets } from "./secrets-file.ts";
import { existingOrFreshKeys, placeholderKeys } from "./signing-keys.ts";

interface RenderOptions {
  readonly filename: readonly string[];
  readonly output: "yaml" | "json";
  readonly layer?: LayerName;
  readonly images?: string;
  readonly withSecrets?: boolean;
  readonly existingSecrets?: string;
}

export function renderCommand(console: Console): Command {
  return new Command("render")
    .description(
      "Print every object of a platform, layer by layer in the order in which they are applied. Works offline.",
    )
    .addOption(filesOption())
    .addOption(new Option("-o, --output <format>", "format of the objects").choices(["yaml", "json"]).default("yaml"))
    .addOption(new Option("--layer <name>", "only this layer").choices(LAYERS))
    .addOption(imagesOption())
    .option("--with-secrets", "with the values of Secrets, freshly generated: keep the output to yourself")
    .addOption(
      new Option("--existing-secrets <file>", "Secrets to keep, as `kubectl get secrets -o json` prints them").implies({
        withSecrets: true,
      }),
    )
    .addHelpText("after", RENDER_NOTES)
    .action((options: RenderOptions) => render(options, console));
}

const RENDER_NOTES = `
A manifest is refused as the API server would refuse it, except for changes of fields that cannot change: these show
only against the platform that exists, with \`profileplatform diff\`.`;

function render(options: RenderOptions, console: Console): void {
  const images = readImages(options.images);
  const existing = options.existingSecrets === undefined ? [] : readSecrets(options.existingSecrets);
  const layers = readManifests(collectFiles(options.filename)).flatMap((platform) => {
    const secretsWanted = options.withSecrets === true;
    const { name } = platform.metadata;
    const nothingKnown = { credentials: NO_CREDENTIALS, signingKeys: undefined, operator: undefined };
    const outline = resolve(platform, { images, ...nothingKnown });
    const credentials = secretsWanted
      ? existingOrFresh(outline, existing, Date.now())
      : placeholderCredentials(outline);
    const signingKeys = secretsWanted ? existingOrFreshKeys(name, existing) : placeholderKeys();
    const rendered = renderLayers(resolve(platform, { images, credentials, signingKeys, operator: undefined }));
    const chosen = rendered.filter(({ layer }) => options.layer === undefined || layer === options.layer);
    return secretsWanted ? chosen : chosen.map(redactLayer);
  });
  console.out(options.output === "json" ? asJson(layers) : asYaml(layers));
}

function redactLayer({ layer, objects }: RenderedLayer): RenderedLayer {
  return { layer, objects: objects.map(redact) };
}

function asJson(layers: readonly RenderedLayer[]): string {
  const items = layers.flatMap(({ objects }) => objects);
  return `${JSON.stringify({ apiVersion: "v1", kind: "List", items }, undefined, 2)}\n`;
}

function asYaml(layers: readonly RenderedLayer[]): string {
  return layers.flatMap(({ layer, objects }) => objects.map((object) => document(layer, object))).join("");
}

/** The comment lets a reader find the layer; folded lines would change text in ConfigMaps for the eye. */
function document(layer: LayerName, object: KubernetesObject): string {
  const { kind, metadata } = object;
  return `---\n# ${layer}: ${kind} ${metadata.name}\n${stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}
