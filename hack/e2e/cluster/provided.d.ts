import "vitest";

declare module "vitest" {
  export interface ProvidedContext {
    /** Path of the kubeconfig of the cluster that global setup made. */
    kubeconfig: string;
    /** Reference of each image, the operator's among them. */
    images: Readonly<Record<string, string>>;
  }
}
