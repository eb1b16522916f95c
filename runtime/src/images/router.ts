import { type Request, type Response, Router } from "express";
import { answerJson } from "../kit/http/answer-json.ts";
import { allowOnly } from "../kit/http/errors.ts";
import { Problem } from "../kit/http/problem.ts";
import { conditionOf, etagOf, missingProfile, pathOf, versionMismatch } from "../profiles/http.ts";
import { VersionMismatchError } from "../profiles/service.ts";
import { profileImageParameters } from "./image.ts";
import { type ServeOptions, serveHandler } from "./serving/handler.ts";
import { type UploadOptions, uploadHandler } from "./upload-handler.ts";

export type ImageRoutesOptions = UploadOptions & ServeOptions;

export function imageRoutes(options: ImageRoutesOptions): Router {
  const router = Router();

  router.route("/api/v1/profiles/:id/images").post(uploadHandler(options)).all(allowOnly("POST"));

  router
    .route("/api/v1/profiles/:id/images/:hash")
    .delete(async (request: Request, response: Response) => {
      await remove(options, request, response);
    })
    .all(allowOnly("DELETE"));

  router.route("/images/:hash/:file").get(serveHandler(options)).all(allowOnly("GET", "HEAD"));

  return router;
}

async function remove(options: UploadOptions, request: Request, response: Response): Promise<void> {
  const { databases, cache, images, links } = options;
  const { id, hash } = pathOf(request, profileImageParameters);
  const condition = conditionOf(request);
  const removed = await cache
    .write(id, async () => {
      const result = await databases.transaction((transaction) => images.remove(transaction, id, hash, condition));
      return { result, effect: typeof result === "object" ? result.effect : { kind: "none" } };
    })
    .catch((thrown: unknown) => {
      throw thrown instanceof VersionMismatchError ? versionMismatch(thrown) : thrown;
    });
  if (removed === undefined) throw missingProfile(id);
  if (removed === "absent") throw new Problem("not-found", `The profile has no image ${hash}.`);
  const { profile } = removed;
  response.setHeader("ETag", etagOf(profile));
  answerJson(response, { profile: links.profile(profile), source: "database" });
}
