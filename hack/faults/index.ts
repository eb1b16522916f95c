export type { CrashPoint } from "./crash-switch.ts";
export {
  delayEvents,
  dropEvents,
  duplicateEvents,
  holdEvents,
  isBookmark,
  isObjectEvent,
  mergeEvents,
  type WatchEvent,
  withholdBookmarks,
} from "./event-stage.ts";
export { answer, changeEvents, type Fault, loseAnswer, type Rule, serveRecorded, slow } from "./fault.ts";
export { type FaultProxy, type FaultProxyOptions, startFaultProxy } from "./proxy.ts";
export type { Recording } from "./recording.ts";
export type { RequestRecord } from "./request-log.ts";
export type { ActiveRule } from "./rule-book.ts";
export { firstOfEachPath, READS, type RequestMatch, type SeenRequest, WATCHES, WRITES } from "./seen-request.ts";
export type { TcpFaults } from "./tcp-gate.ts";
