/** Path of the profiles below the address of the profile API. */
export const PROFILES = "/api/v1/profiles";

/** Content type of what the profile API takes and answers. */
export const JSON_TYPE = "application/json";

/** Content type of its refusals. */
export const PROBLEM_TYPE = "application/problem+json";
