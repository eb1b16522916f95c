/** The only home of reasons. One that was published is never used for another thing. */

/** Reasons of conditions. */
export const REASON = {
  allComponentsReady: "AllComponentsReady",
  componentsNotReady: "ComponentsNotReady",
  componentFailed: "ComponentFailed",
  everythingApplied: "EverythingApplied",
  waitingForDependencies: "WaitingForDependencies",
  waitingForCluster: "WaitingForCluster",
  objectNotOwned: "ObjectNotOwned",
  objectRefused: "ObjectRefused",
  serverError: "ServerError",
  invalidSpec: "InvalidSpec",
  prefixTaken: "PrefixTaken",
  inProgress: "InProgress",
  settled: "Settled",
  notStalled: "NotStalled",
  notObserved: "NotObserved",
  paused: "Paused",
  pauseUnclear: "PauseUnclear",
  waitingForTurn: "WaitingForTurn",
  fieldsContested: "FieldsContested",
  backupSucceeded: "BackupSucceeded",
  backupFailed: "BackupFailed",
  backupOverdue: "BackupOverdue",
  noBackupYet: "NoBackupYet",
  archiving: "Archiving",
  archivingFailing: "ArchivingFailing",
  connectionsOvercommitted: "ConnectionsOvercommitted",
} as const;
export type Reason = (typeof REASON)[keyof typeof REASON];

/** Reasons of Events. */
export const EVENT_REASON = {
  objectsCreated: "ObjectsCreated",
  objectsConfigured: "ObjectsConfigured",
  objectsPruned: "ObjectsPruned",
  driftCorrected: "DriftCorrected",
  componentReady: "ComponentReady",
  componentFailed: "ComponentFailed",
  platformReady: "PlatformReady",
  platformNotReady: "PlatformNotReady",
  stalled: "Stalled",
  workloadRestarted: "WorkloadRestarted",
  paused: "Paused",
  resumed: "Resumed",
  turnExpired: "TurnExpired",
  fieldsContested: "FieldsContested",
  backupSucceeded: "BackupSucceeded",
  backupFailed: "BackupFailed",
  backupOverdue: "BackupOverdue",
  archivingFailing: "ArchivingFailing",
  archivingRecovered: "ArchivingRecovered",
  connectionsOvercommitted: "ConnectionsOvercommitted",
  connectionsSuffice: "ConnectionsSuffice",
} as const;
export type EventReason = (typeof EVENT_REASON)[keyof typeof EVENT_REASON];

/** What the person who started a command can put right: shown as its sentence alone, without a stack. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
