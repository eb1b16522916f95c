import { eventually } from "../../support/eventually.ts";
import type { KubeApi } from "./kube-api.ts";

/** Which requests a webhook is asked about. */
export interface WebhookRule {
  readonly namespace: string;
  readonly apiGroup: string;
  readonly resource: string;
  readonly operation: "CREATE" | "UPDATE" | "DELETE" | "*";
  /** Labels of the objects. */
  readonly matchLabels?: Readonly<Record<string, string>>;
}

export const WEBHOOK = "guard.example.com";

const PATH = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
const NAME = "guard";
const PROBE = { [`${NAME}-probe`]: "true" };
/** Of the discard service: nothing listens there. */
const CLOSED_PORT = 9;

/** Has the API server ask a webhook that nobody serves, or one that never answers, and waits until it does. */
export async function installFailingWebhook(
  api: KubeApi,
  rule: WebhookRule,
  { port = CLOSED_PORT, timeoutSeconds = 10 }: { readonly port?: number; readonly timeoutSeconds?: number } = {},
): Promise<void> {
  const webhook = (name: string, one: WebhookRule, at: number) => ({
    name,
    clientConfig: { url: `https://127.0.0.1:${at}/` },
    timeoutSeconds,
    failurePolicy: "Fail",
    sideEffects: "None",
    admissionReviewVersions: ["v1"],
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": one.namespace } },
    objectSelector: { matchLabels: one.matchLabels ?? {} },
    rules: [{ apiGroups: [one.apiGroup], apiVersions: ["*"], resources: [one.resource], operations: [one.operation] }],
  });
  const probe: WebhookRule = {
    namespace: "default",
    apiGroup: "",
    resource: "configmaps",
    operation: "CREATE",
    matchLabels: PROBE,
  };
  await api.client.request({
    method: "POST",
    path: PATH,
    body: {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingWebhookConfiguration",
      metadata: { name: NAME },
      webhooks: [webhook(WEBHOOK, rule, port), webhook(`probe.${WEBHOOK}`, probe, CLOSED_PORT)],
    },
  });
  await eventually(async () => ((await isAsked(api)) ? true : undefined), {
    what: "the webhook is in force",
    timeoutMs: 30_000,
    everyMs: 20,
  });
}

export async function removeFailingWebhook(api: KubeApi): Promise<void> {
  await api.client.request({ method: "DELETE", path: `${PATH}/${NAME}` });
  await eventually(async () => ((await isAsked(api)) ? undefined : true), {
    what: "the webhook is out of force",
    timeoutMs: 30_000,
    everyMs: 20,
  });
}

/** The API server hears of its own webhooks a moment after they are written. */
async function isAsked(api: KubeApi): Promise<boolean> {
  try {
    await api.client.request({
      method: "POST",
      path: "/api/v1/namespaces/default/configmaps",
      query: { dryRun: "All" },
      body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "probe", labels: PROBE } },
    });
    return false;
  } catch (error) {
    if (error instanceof Error && error.message.includes("failed calling webhook")) return true;
    throw error;
  }
}
