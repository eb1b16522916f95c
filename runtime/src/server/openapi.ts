import { eventOperations, eventSchemas } from "../events/openapi.ts";
import { imageOperations, imageSchemas } from "../images/openapi.ts";
import { createDocument } from "../openapi/document.ts";
import { systemOperations, systemSchemas } from "../openapi/system.ts";
import { profileOperations, profileSchemas } from "../profiles/openapi.ts";
import { taskOperations, taskSchemas } from "../tasks/openapi.ts";

/** What the server does. */
export const serverOperations = [
  ...profileOperations,
  ...imageOperations,
  ...taskOperations,
  ...eventOperations,
  ...systemOperations,
];

/** The same as OpenAPI. */
export const serverDocument = createDocument(
  {
    title: "Profile API",
    version: "1.0.0",
    description:
      "Profiles, their images, delayed tasks, and a stream of what changes. Every operation under /api/v1 needs a token, and so does every path there that is not listed. Fields and query parameters that are not listed are refused. Times are in the years 0001 to 9999, in UTC. A method that a path does not support is answered with 405 and `Allow`.",
  },
  { ...profileSchemas, ...imageSchemas, ...taskSchemas, ...eventSchemas, ...systemSchemas },
  serverOperations,
);
