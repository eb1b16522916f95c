import { afterEach, beforeEach, expect, test } from "vitest";
import { createLogger } from "../src/kit/log.ts";
import { Rabbit } from "../src/kit/stores/rabbitmq.ts";
import { until } from "./instance.ts";
import { createLink, type Link } from "./link.ts";
import { ownServices } from "./own-services.ts";
import { brokerUri } from "./rabbitmq.ts";

let link: Link;
let rabbit: Rabbit | undefined;

beforeEach(async () => {
  link = await createLink(ownServices().rabbitmq.port);
});
afterEach(async () => {
  await rabbit?.stop();
  await link.close();
});

/** Connects through the link. `setUp` gets the number of the attempt. */
async function connectThroughLink(setUp: (attempt: number) => void | Promise<void>): Promise<Rabbit> {
  let attempt = 0;
  rabbit = new Rabbit({
    uri: brokerUri(link.port),
    connectionName: "test",
    log: createLogger("test", "silent"),
    async setUp() {
      attempt += 1;
      await setUp(attempt);
    },
  });
  await rabbit.start();
  return rabbit;
}

test("a broker that goes away before it answers the farewell of a connection is connected to again", async () => {
  const connection = await connectThroughLink((attempt) => {
    if (attempt > 1) return;
    link.stall();
    setTimeout(() => {
      link.cut();
      link.mend();
    }, 200);
    throw new Error("the queues could not be declared");
  });
  await until("a connection", async () => connection.connected, 10_000);
  await expect(connection.check()).resolves.toBeUndefined();
});

test("one that never answers it is left after a while, and connected to again", async () => {
  const connection = await connectThroughLink((attempt) => {
    if (attempt > 1) return;
    link.abandon();
    throw new Error("the queues could not be declared");
  });
  await until("a connection", async () => connection.connected, 10_000);
  await expect(connection.check()).resolves.toBeUndefined();
});

test("stopping waits no longer for a broker that does not answer than it may take", async () => {
  const connection = await connectThroughLink(() => undefined);
  await until("a connection", async () => connection.connected, 10_000);
  link.stall();
  const beganAt = performance.now();
  await connection.stop();
  expect(performance.now() - beganAt).toBeLessThan(5_000);
});
