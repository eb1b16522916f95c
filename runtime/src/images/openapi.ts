import { z } from "zod";
import { commonProblems, type Operation } from "../openapi/operation.ts";
import { conditionalHeaders, keyedHeaders, requestHeaders } from "../openapi/request-headers.ts";
import { profileAnswer, profileParameters, profileSchema } from "../profiles/profile.ts";
import { acceptedTypes } from "./formats/sniff.ts";
import { imageSchema, profileImageParameters, servedParameters, servedType } from "./image.ts";

/** What is answered with an image that a profile has got. */
export const imageAnswer = z.object({
  image: imageSchema,
  profile: profileSchema,
  source: z.literal("database").meta({ description: "Where the profile was read." }),
});

export const imageSchemas = { Image: imageSchema, ImageAnswer: imageAnswer };

const tag = "images";
const path = "/api/v1/profiles/{id}/images";

const uploadHeaders = keyedHeaders.extend({ "If-Match": conditionalHeaders.shape["If-Match"] });

const servedHeaders = requestHeaders.extend({
  Range: z
    .string()
    .optional()
    .meta({ description: "One range of bytes, such as `bytes=0-99`; several are answered with the whole image." }),
  "If-Range": z.string().optional().meta({ description: "The `ETag` without which the range is to be ignored." }),
  "If-None-Match": z.string().optional().meta({ description: "An `ETag` that the client has the image of." }),
});

const served = ["ETag", "Cache-Control", "Accept-Ranges"] as const;

export const imageOperations: readonly Operation[] = [
  {
    method: "post",
    path,
    id: "addProfileImage",
    tag,
    summary: "Adds an image to a profile",
    access: "editor",
    description:
      "A JPEG, PNG, WebP or GIF, as the body or as the file `image` of a form. Its type is found out from its contents. It is encoded anew in three sizes, without metadata; of an animation the first picture is taken. The same image sent again is answered as the first time, and changes nothing.",
    pathParameters: profileParameters,
    headers: uploadHeaders,
    files: { field: "image", types: acceptedTypes },
    answers: {
      201: {
        description: "The profile has it.",
        headers: ["Location", "ETag", "Idempotency-Replayed"],
        body: imageAnswer,
        links: [
          { to: "getImage", parameters: { hash: "$response.body#/image/hash" } },
          {
            to: "removeProfileImage",
            parameters: { id: "$request.path.id", hash: "$response.body#/image/hash" },
          },
        ],
      },
    },
    problems: [
      "bad-request",
      "body-too-large",
      "unsupported-media-type",
      "not-found",
      "image-limit-reached",
      "request-in-progress",
      "version-mismatch",
      "image-refused",
      "idempotency-key-reused",
      ...commonProblems,
    ],
  },
  {
    method: "delete",
    path: `${path}/{hash}`,
    id: "removeProfileImage",
    tag,
    summary: "Removes an image from a profile",
    access: "editor",
    pathParameters: profileImageParameters,
    headers: conditionalHeaders,
    answers: {
      200: { description: "The profile without it.", headers: ["ETag"], body: profileAnswer },
    },
    problems: ["not-found", "version-mismatch", ...commonProblems],
  },
  {
    method: "get",
    path: "/images/{hash}/{file}",
    id: "getImage",
    tag,
    summary: "Serves an image that a profile has, to anybody",
    access: "anyone",
    description: "What is under a hash never changes. `HEAD` is answered alike, without the image.",
    pathParameters: servedParameters,
    headers: servedHeaders,
    answers: {
      200: { description: "The image.", headers: served, body: servedType },
      206: { description: "The part that was asked for.", headers: [...served, "Content-Range"], body: servedType },
      304: { description: "The client has it.", headers: ["ETag", "Cache-Control"] },
    },
    problems: ["bad-request", "not-found", "version-mismatch", "range-not-satisfiable", ...commonProblems],
  },
];
