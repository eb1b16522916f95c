import { connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { OperatorError } from "../errors.ts";
import { type Listening, listen } from "./listen.ts";

const opened: Listening[] = [];

async function start(port: number, accepts: number, work = (): void => undefined): Promise<Listening> {
  const http = await listen(
    (_request, response) => {
      work();
      response.end("answer");
    },
    port,
    accepts,
  );
  opened.push(http);
  return http;
}
afterEach(async () => {
  for (const http of opened.splice(0)) {
    http.destroy();
    await http.close();
  }
});

describe.each([1, 8])("with %i listeners", (accepts) => {
  test("a port answers, however often it is connected to", async () => {
    const { port } = await start(0, accepts);
    const answers = Array.from({ length: 50 }, async () => {
      const answer = await fetch(`http://127.0.0.1:${port}`, { headers: { Connection: "close" } });
      return answer.text();
    });
    expect(new Set(await Promise.all(answers))).toEqual(new Set(["answer"]));
  });

  test("a port that is taken is refused in a sentence", async () => {
    const { port } = await start(0, accepts);
    const second = start(port, accepts);
    await expect(second).rejects.toThrow(OperatorError);
    await expect(second).rejects.toThrow(`Port ${port} cannot be listened on: is another process using it?`);
  });

  test("a port that is closed is free again", async () => {
    const http = await start(0, accepts);
    await http.close();
    await expect(fetch(`http://127.0.0.1:${http.port}`)).rejects.toThrow("fetch failed");
    expect((await start(http.port, accepts)).port).toBe(http.port);
  });
});

test.runIf(process.platform === "linux")("several listeners accept more than one connection a turn", async () => {
  let turn = 0;
  const arrivals: number[] = [];
  const { port } = await start(0, 8, () => arrivals.push(turn));
  const sockets = Array.from({ length: 64 }, () => connect(port, "127.0.0.1"));
  for (const socket of sockets) {
    socket.resume().on("error", () => undefined);
    socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  // All of them wait to be accepted while the loop is held up.
  for (const end = performance.now() + 50; performance.now() < end; );
  while (arrivals.length < sockets.length) {
    turn += 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  for (const socket of sockets) socket.destroy();
  const busiest = Math.max(...[...Map.groupBy(arrivals, (at) => at).values()].map(({ length }) => length));
  expect(busiest).toBeGreaterThan(1);
});

describe("an address to listen on", () => {
  test("is the only one where the port answers", async () => {
    const http = await listen((_request, response) => void response.end("answer"), 0, 8, "127.0.0.1");
    opened.push(http);
    expect(await (await fetch(`http://127.0.0.1:${http.port}`)).text()).toBe("answer");
    // Linux has the whole of 127.0.0.0/8.
    await expect(fetch(`http://127.0.0.2:${http.port}`)).rejects.toThrow("fetch failed");
  });

  test("of another machine is refused in a sentence", async () => {
    const refused = listen((_request, response) => void response.end(), 0, 8, "192.0.2.1");
    await expect(refused).rejects.toThrow(new OperatorError("LISTEN_HOST 192.0.2.1 is no address of this machine."));
  });
});
