/** Path of the profiles below the address of the profile API. */
export const PROFILES = "/api/v1/profiles";

/** Content type of what the profile API takes and answers. */
export const JSON_TYPE = "application/json";
