import { bodyProblems, commonProblems, type Link, type Operation } from "../openapi/operation.ts";
import { conditionalHeaders, keyedHeaders, requestHeaders, rereadHeaders } from "../openapi/request-headers.ts";
import { listQuery } from "./list-query.ts";
import {
  profileAnswer,
  profileChanges,
  profileInput,
  profilePage,
  profileParameters,
  profileSchema,
} from "./profile.ts";

export const profileSchemas = {
  Profile: profileSchema,
  ProfileInput: profileInput,
  ProfileChanges: profileChanges,
  ProfileAnswer: profileAnswer,
  ProfilePage: profilePage,
};

const tag = "profiles";
const path = "/api/v1/profiles";

const created = { id: "$response.body#/profile/id" };
const links: readonly Link[] = ["getProfile", "replaceProfile", "deleteProfile", "addProfileImage"].map((to) => ({
  to,
  parameters: created,
}));

export const profileOperations: readonly Operation[] = [
  {
    method: "post",
    path,
    id: "createProfile",
    tag,
    summary: "Creates a profile",
    access: "editor",
    headers: keyedHeaders,
    body: profileInput,
    answers: {
      201: {
        description: "It is created.",
        headers: ["Location", "ETag", "Idempotency-Replayed"],
        body: profileAnswer,
        links,
      },
    },
    problems: [...bodyProblems, "email-taken", "request-in-progress", "idempotency-key-reused", ...commonProblems],
  },
  {
    method: "get",
    path,
    id: "listProfiles",
    tag,
    summary: "Lists profiles",
    access: "viewer",
    description:
      "Filters that are given have all to be met. A listing shows no profile twice and, of those that exist throughout, leaves none out, except that a change of what it is sorted by moves a profile within it.",
    query: listQuery,
    headers: requestHeaders,
    answers: { 200: { description: "A page of profiles.", body: profilePage } },
    problems: commonProblems,
  },
  {
    method: "get",
    path: `${path}/{id}`,
    id: "getProfile",
    tag,
    summary: "Reads a profile, through the cache",
    access: "viewer",
    pathParameters: profileParameters,
    headers: rereadHeaders,
    answers: {
      200: { description: "The profile.", headers: ["ETag"], body: profileAnswer },
      304: { description: "The client has it.", headers: ["ETag"] },
    },
    problems: ["not-found", ...commonProblems],
  },
  {
    method: "put",
    path: `${path}/{id}`,
    id: "replaceProfile",
    tag,
    summary: "Replaces a profile as a whole",
    access: "editor",
    pathParameters: profileParameters,
    headers: conditionalHeaders,
    body: profileInput,
    answers: { 200: { description: "It is replaced.", headers: ["ETag"], body: profileAnswer } },
    problems: [...bodyProblems, "not-found", "email-taken", "version-mismatch", ...commonProblems],
  },
  {
    method: "delete",
    path: `${path}/{id}`,
    id: "deleteProfile",
    tag,
    summary: "Deletes a profile",
    access: "admin",
    pathParameters: profileParameters,
    headers: conditionalHeaders,
    answers: { 204: { description: "It is deleted." } },
    problems: ["not-found", "version-mismatch", ...commonProblems],
  },
];
