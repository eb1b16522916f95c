import { KubeApi } from "./kube-api.ts";
import { PodReporter } from "./pod-reporter.ts";

/** Reports every pod of a control plane as a kubelet would whose containers all start and stay. */
export interface Kubelet {
  /** Throws what it could not deal with. */
  stop(): Promise<void>;
}

/**
 * There are no nodes in a control plane, so that pods would stay Pending and nothing that waits for them would ever be
 * made. See PodReporter for what is said of them.
 */
export function startKubelet(kubeconfigPath: string): Kubelet {
  const api = KubeApi.connect(kubeconfigPath);
  const reporter = PodReporter.start(api);
  return { stop: () => reporter.stop().finally(() => api.close()) };
}
