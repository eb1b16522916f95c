export type * from "./auth.ts";
export type * from "./common.ts";
export type * from "./data-services.ts";
export type * from "./profile-platform.ts";
export type * from "./profile-services.ts";
export type * from "./status.ts";
