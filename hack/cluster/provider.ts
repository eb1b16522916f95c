/** Where the project's cluster comes from. */
export interface ClusterProvider {
  readonly kind: "embedded" | "kind" | "current";
  /** Brings the cluster up with this number of nodes; one that is up is put right where it is not whole. */
  up(nodes: number): Promise<void>;
  /** Removes the cluster and everything in it. */
  down(): Promise<void>;
  /** Lines for people. */
  status(): Promise<string>;
  /** Gives images to every node; archives are files as docker save or buildah push write them. */
  loadImages(archives: readonly string[]): Promise<void>;
  /** Path of a kubeconfig for the administrator. Throws when the cluster is not up. */
  kubeconfig(): string;
  /** The kubectl to use: a path, or a name that the PATH resolves. */
  kubectl(): string;
}
