/** What the tests of the services and those of a running platform share: a mixture of requests, and what may come of it. */
export { describeMixture } from "./mixture.ts";
export type { Outage } from "./outages/outage.ts";
export { held, type LoadReport, renderReport } from "./report.ts";
export { type MixedLoadOptions, runMixedLoad } from "./run.ts";
