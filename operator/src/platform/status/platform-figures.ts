import type { ComponentStatus, ProfilePlatformStatus } from "@profile-platform/crds";
import type { Reading } from "../../engine/kit/metric-families.ts";

/** A gauge of each platform: what a part of its status says, as numbers. */
export interface PlatformFigure {
  readonly name: string;
  readonly help: string;
  /** Beside `platform`. */
  readonly labels: readonly string[];
  readonly read: (status: ProfilePlatformStatus) => readonly Reading<string>[];
}

export const PLATFORM_FIGURES: readonly PlatformFigure[] = [
  {
    name: "profileplatform_ready",
    help: "1 while a platform is Ready",
    labels: [],
    read: ({ conditions = [] }) => one(conditions.some(({ type, status }) => type === "Ready" && status === "True")),
  },
  {
    name: "profileplatform_components",
    help: "Components that a platform has",
    labels: [],
    read: ({ components = [] }) => one(components.length),
  },
  {
    name: "profileplatform_components_ready",
    help: "Components of a platform that are ready",
    labels: [],
    read: ({ components = [] }) => one(components.filter(isReady).length),
  },
  {
    name: "profileplatform_component_ready",
    help: "1 while a component is ready",
    labels: ["layer", "component"],
    read: ({ components = [] }) =>
      components.map((component) => ({
        labels: { layer: component.layer, component: component.name },
        value: Number(isReady(component)),
      })),
  },
  {
    name: "profileplatform_layer_ready",
    help: "1 while all components of a layer are ready",
    labels: ["layer"],
    read: ({ components = [] }) =>
      [...new Set(components.map(({ layer }) => layer))].map((layer) => ({
        labels: { layer },
        value: Number(components.every((component) => component.layer !== layer || isReady(component))),
      })),
  },
  {
    name: "profileplatform_last_backup_size_bytes",
    help: "Size of the database in the last backup of a platform that succeeded",
    labels: [],
    read: ({ postgresql }) => some(postgresql?.lastBackup?.sizeBytes),
  },
  {
    name: "profileplatform_last_backup_repository_size_bytes",
    help: "What the last backup of a platform that succeeded takes in the repository",
    labels: [],
    read: ({ postgresql }) => some(postgresql?.lastBackup?.repositorySizeBytes),
  },
  {
    // It begins anew with another primary, as the figure that it is taken from does.
    name: "profileplatform_archive_failures",
    help: "Failed tries to archive a file of the write-ahead log, since the primary's statistics began",
    labels: [],
    read: ({ postgresql }) => some(postgresql?.archiveFailures),
  },
  {
    // Of every type, whoever sets it.
    name: "profileplatform_condition",
    help: "1 while a condition of a platform is True",
    labels: ["type"],
    read: ({ conditions = [] }) =>
      conditions.map(({ type, status }) => ({ labels: { type }, value: Number(status === "True") })),
  },
];

function one(value: number | boolean): readonly Reading<never>[] {
  return [{ labels: {}, value: Number(value) }];
}

function some(value: number | undefined): readonly Reading<never>[] {
  return value === undefined ? [] : one(value);
}

function isReady({ state }: ComponentStatus): boolean {
  return state === "Ready";
}
