import type { ProfilePlatformStatus } from "@profile-platform/crds";

/** One value of a gauge; the family's name is without `profileplatform_`. */
export interface PlatformSample {
  readonly family: "components" | "components_ready" | "component_ready" | "layer_ready" | "ready" | "condition";
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a status says, as numbers. Conditions of every type are shown, whoever sets them. */
export function samplesOf(platform: string, status: ProfilePlatformStatus): readonly PlatformSample[] {
  const { conditions = [], components = [] } = status;
  const isReady = ({ state }: (typeof components)[number]): boolean => state === "Ready";
  const layers = [...new Set(components.map(({ layer }) => layer))];
  const isTrue = (type: string) => conditions.some((one) => one.type === type && one.status === "True");
  return [
    sample("ready", { platform }, isTrue("Ready")),
    sample("components", { platform }, components.length),
    sample("components_ready", { platform }, components.filter(isReady).length),
    ...layers.map((layer) =>
      sample("layer_ready", { platform, layer }, components.filter((one) => one.layer === layer).every(isReady)),
    ),
    ...components.map((one) =>
      sample("component_ready", { platform, layer: one.layer, component: one.name }, isReady(one)),
    ),
    ...conditions.map(({ type }) => sample("condition", { platform, type }, isTrue(type))),
  ];
}

function sample(
  family: PlatformSample["family"],
  labels: PlatformSample["labels"],
  value: number | boolean,
): PlatformSample {
  return { family, labels, value: Number(value) };
}
