import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, test } from "vitest";
import { portForward, requireFree } from "./port-forward.ts";

async function listener() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

test("a local port that is taken is named, before kubectl is asked", async () => {
  const taken = await listener();
  const sentence = `the local port ${taken.port} is taken, and deployment/server is to be reached there: end what listens`;
  const target = { kubeconfig: "/nowhere", namespace: "server-layer", resource: "deployment/server" };
  await expect(portForward(target, [[taken.port, 8080]])).rejects.toThrow(sentence);
  taken.close();
});

test("several are named at once, and free ones are not", async () => {
  const [first, second, third] = [await listener(), await listener(), await listener()];
  third.close();
  await expect(requireFree("a", [first.port, third.port, second.port, 0])).rejects.toThrow(
    `the local ports ${first.port} and ${second.port} are taken`,
  );
  first.close();
  second.close();
  await expect(requireFree("a", [first.port, second.port, third.port, 0])).resolves.toBeUndefined();
});
