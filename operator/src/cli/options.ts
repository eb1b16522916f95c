import { Option } from "commander";
import { UsageError } from "../errors.ts";

/** `-f`, given once or several times as in kubectl. */
export function filesOption(): Option {
  return new Option(
    "-f, --filename <file>",
    "manifest of a ProfilePlatform, or - for the standard input; may be repeated",
  )
    .argParser((file: string, before: readonly string[] | undefined) => [...(before ?? []), file])
    .makeOptionMandatory();
}

/** The standard input can be read once only. */
export function collectFiles(files: readonly string[]): readonly string[] {
  if (files.filter((file) => file === "-").length > 1) {
    throw new UsageError(
      "-f - was given twice, but the standard input can be read once only: put all manifests into it",
    );
  }
  return files;
}

export function imagesOption(): Option {
  return new Option("--images <file>", "JSON file that names images").env("PROFILE_PLATFORM_IMAGES");
}

export function kubeconfigOption(): Option {
  return new Option("--kubeconfig <file>", "kubeconfig of the cluster (default: KUBECONFIG, then ~/.kube/config)");
}

export function contextOption(): Option {
  return new Option("--context <name>", "context of the kubeconfig (default: its current one)");
}
