import { expect, test } from "vitest";
import type { RequestMatch, RequestRecord } from "../faults/index.ts";
import { RequestLog } from "../faults/request-log.ts";
import { WriteWatch } from "./write-watch.ts";

test("finds writes to what is no platform's, each once", () => {
  const log = new RequestLog({ now: () => 0 });
  const seen = (method: string, url: string) => log.open({ method, url, userAgent: "operator" }, "");
  const writes = new WriteWatch({ requests: (match?: RequestMatch): readonly RequestRecord[] => log.list(match) });
  writes.know(["/api/v1/namespaces/a/configmaps/ours"]);
  seen("PATCH", "/api/v1/namespaces/a/configmaps/ours?fieldManager=x");
  seen("PUT", "/apis/coordination.k8s.io/v1/namespaces/system/leases/lock");
  seen("POST", "/apis/events.k8s.io/v1/namespaces/default/events");
  seen("PATCH", "/apis/profileplatform.io/v1alpha1/profileplatforms/a/status");
  seen("GET", "/api/v1/namespaces/a/configmaps/theirs");
  writes.look();
  expect(writes.wrong).toEqual(new Map());
  seen("DELETE", "/api/v1/namespaces/a/configmaps/theirs");
  seen("PATCH", "/apis/profileplatform.io/v1alpha1/profileplatforms/a");
  writes.look();
  writes.look();
  expect(writes.wrong).toEqual(
    new Map([
      ["DELETE /api/v1/namespaces/a/configmaps/theirs", 1],
      ["PATCH /apis/profileplatform.io/v1alpha1/profileplatforms/a", 1],
    ]),
  );
});
