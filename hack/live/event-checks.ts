import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { ApiAddress } from "./address.ts";
import { JSON_TYPE, PROBLEM_TYPE, PROFILES } from "./api.ts";
import type { Check } from "./check.ts";
import { EventStream } from "./event-stream.ts";
import type { HttpClient } from "./http.ts";

interface Answer {
  readonly profile: { readonly id: string };
}

/** What the profile API tells over WebSocket, and to whom. */
export function eventChecks(http: HttpClient, { url, token }: Pick<ApiAddress, "url" | "token">): readonly Check[] {
  return [
    {
      name: "GET /ws tells a change, and tells it again to who was away",
      run: async () => {
        const stream = new EventStream(url, await token());
        assert.ok(await stream.opens(), "the connection was refused");
        stream.send({ type: "subscribe", filters: [{ kind: "profile" }] });
        const { cursor = "" } = await stream.message("subscribed");
        const input = { json: { name: "Told of", email: `told.${randomUUID()}@example.com` } };
        const created = await http.send<Answer>("POST", PROFILES, { status: 201, type: JSON_TYPE }, input);
        const { id } = created.body.profile;
        const event = await stream.event("profile.created", id);
        assert.equal(event.version, 1);
        await stream.close();
        await http.send("DELETE", `${PROFILES}/${id}`, { status: 204 });
        const again = new EventStream(url, await token(), `?cursor=${cursor}`);
        await again.event("profile.created", id);
        await again.event("profile.deleted", id);
        await again.close();
        const later = new EventStream(url, await token(), `?cursor=${event.cursor}`);
        await later.event("profile.deleted", id);
        await later.close();
      },
    },
    {
      name: "GET /ws refuses who shows no token, and who does not speak WebSocket",
      run: async () => {
        assert.equal(await new EventStream(url, undefined).opens(), false);
        await http.send("GET", "/ws", { status: 426, type: PROBLEM_TYPE });
      },
    },
  ];
}
