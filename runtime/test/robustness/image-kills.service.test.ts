import { afterAll, expect, test, vi } from "vitest";
import { type ImageBody, send } from "../client.ts";
import { storedCounts } from "../images.ts";
import { until } from "../instance.ts";
import { ownServices } from "../own-services.ts";
import { noise } from "../pictures.ts";
import { runSql } from "../postgres.ts";
import { createSettings, endServices, migrateDatabase, type Service, type Settings, startService } from "../service.ts";

vi.setConfig({ testTimeout: 300_000 });

afterAll(endServices);

/** Times that the server is killed, at another moment of an upload each. */
const kills = 8;

test("a server that is killed while images are uploaded loses none that it acknowledged, and leaves nothing behind", async () => {
  const settings: Settings = { ...(await createSettings()), IMAGE_ORPHAN_RETENTION: "1s" };
  await migrateDatabase(settings);
  let server: Service = startService("server", settings);
  await server.ready();
  const acknowledged = new Map<string, string[]>();
  for (let kill = 0; kill < kills; kill += 1) {
    const url = await server.url();
    const created = await send<ImageBody>(`${url}/api/v1/profiles`, "POST", {
      name: "Ada",
      email: `kill-${kill}@example.org`,
    });
    const { id } = created.body.profile;
    const hashes: string[] = [];
    acknowledged.set(id, hashes);
    const files = await Promise.all(Array.from({ length: 6 }, () => noise(400, 300).png().toBuffer()));
    let answered = 0;
    const uploads = files.map(async (file) => {
      const answer = await send<ImageBody>(`${url}/api/v1/profiles/${id}/images`, "POST", file, {
        "Content-Type": "image/png",
      });
      expect(answer.status).toBe(201);
      hashes.push(answer.body.image.hash);
      answered += 1;
    });
    const ends = Promise.allSettled(uploads);
    await until("some uploads to be answered", async () => answered > kill % 6);
    await server.exit("SIGKILL");
    await ends;
    server = startService("server", settings);
    await server.ready();
  }
  const url = await server.url();
  let shown = 0;
  for (const [id, hashes] of acknowledged) {
    const { profile } = (await send<ImageBody>(`${url}/api/v1/profiles/${id}`)).body;
    expect(profile.images.map(({ hash }) => hash)).toEqual(expect.arrayContaining(hashes));
    expect(profile.version).toBe(profile.images.length + 1);
    shown += profile.images.length;
    for (const { sizes } of profile.images) {
      for (const { url: path, bytes } of Object.values(sizes)) {
        const served = await fetch(url + path);
        expect([served.status, (await served.arrayBuffer()).byteLength]).toEqual([200, bytes]);
      }
    }
  }
  expect(shown).toBeGreaterThanOrEqual(kills);
  await until("what was never acknowledged to be removed", async () => {
    const counts = await storedCounts(settings);
    return counts.images === shown && counts.data === 3 * shown && counts.references === shown;
  });
  const { postgres } = ownServices();
  await until("every review to be done", async () => {
    const [row] = await runSql(
      postgres.port,
      settings["DB_NAME"] ?? "",
      "SELECT count(*)::integer AS left FROM image_reviews",
    );
    return row?.["left"] === 0;
  });
});
