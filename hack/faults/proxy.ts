import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { systemClock } from "@profile-platform/operator/engine/kit/clock";
import { buildPrograms } from "../cluster/embedded/build.ts";
import { cacheRoot } from "../cluster/embedded/paths.ts";
import { makeCertificates } from "../cluster/embedded/pki.ts";
import { createProgress } from "../cluster/embedded/progress.ts";
import { type CrashPoint, CrashSwitch } from "./crash-switch.ts";
import type { Rule } from "./fault.ts";
import { startFront } from "./front.ts";
import { handle } from "./handler.ts";
import { readKubeconfig, writeKubeconfig } from "./kubeconfig.ts";
import { OpenWatches } from "./open-watches.ts";
import { ReadHistory, type Recording } from "./recording.ts";
import { RequestLog, type RequestRecord } from "./request-log.ts";
import { type ActiveRule, RuleBook } from "./rule-book.ts";
import type { RequestMatch, SeenRequest } from "./seen-request.ts";
import { type TcpFaults, TcpGate } from "./tcp-gate.ts";
import { Upstream } from "./upstream.ts";

export interface FaultProxyOptions {
  /** How the client would reach the API server directly. Its user must have a bearer token. */
  readonly upstreamKubeconfig: string;
  /** Folder for keys, kubeconfig and a socket; made if it is missing. Two proxies at once need two. */
  readonly dir: string;
}

/** A proxy on 127.0.0.1 between one client and the API server. Without a rule, everything passes. */
export interface FaultProxy {
  /** The same user, at the proxy. Holds the token, mode 0600. */
  readonly kubeconfigPath: string;
  /** Such as https://127.0.0.1:40123. */
  readonly server: string;
  /** File of the authority that signed its certificate. */
  readonly authorityFile: string;
  /** The last 20,000 requests or more, in the order of arrival. */
  requests(match?: RequestMatch): readonly RequestRecord[];
  /** Content writes that came in: no Leases, no Events, no dry runs. */
  writes(): number;
  /** Puts a rule in force, behind those that are. */
  rule(rule: Rule): ActiveRule;
  readonly tcp: TcpFaults;
  readonly watches: OpenWatches;
  /** Reads everything again that the client has read so far, to serve it later as it is now. */
  record(): Promise<Recording>;
  /**
   * Lets so many more writes reach the server; from the last one on, the client is cut off as if it had crashed:
   * nothing of it passes in either direction. Resolves when the server has carried the last write out.
   */
  crash(point: CrashPoint): Promise<SeenRequest | undefined>;
  /** Ends every fault and the crash, resets the connections, and forgets what was seen: as just started. */
  restore(): Promise<void>;
  stop(): Promise<void>;
}

export async function startFaultProxy({ upstreamKubeconfig, dir: folder }: FaultProxyOptions): Promise<FaultProxy> {
  const dir = resolve(folder);
  const pki = join(dir, "pki");
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const { upstream: address, user } = readKubeconfig(upstreamKubeconfig);
  const { kube } = await buildPrograms(cacheRoot(), createProgress());
  await makeCertificates(kube, pki, [
    { name: "proxy", commonName: "fault-proxy", addresses: ["127.0.0.1"], dnsNames: ["localhost"] },
  ]);

  const clock = systemClock;
  const upstream = new Upstream(address);
  const rules = new RuleBook();
  const crash = new CrashSwitch();
  const log = new RequestLog({ now: () => clock.now() });
  const history = new ReadHistory();
  const watches = new OpenWatches();
  const target = join(dir, "front.sock");
  // Of a proxy that was killed.
  rmSync(target, { force: true });
  const onCrash = (): void => void gate.blackhole({ newConnections: "blackhole" });
  const front = await startFront({
    certificate: readFileSync(join(pki, "proxy.crt")),
    key: readFileSync(join(pki, "proxy.key")),
    path: target,
    handle: (exchange) => handle(exchange, { upstream, rules, crash, log, history, watches, clock, onCrash }),
  });
  const gate = await TcpGate.start({ clock, target });
  const kubeconfigPath = join(dir, "kubeconfig");
  const server = `https://127.0.0.1:${gate.port}`;
  const authorityFile = join(pki, "ca.crt");
  writeKubeconfig(kubeconfigPath, { server, authorityFile, user });

  return {
    kubeconfigPath,
    server,
    authorityFile,
    requests: (match) => log.list(match),
    writes: () => log.writes,
    rule: (rule) => rules.add(rule),
    tcp: gate,
    watches,
    record: () => history.record(({ url, headers }) => upstream.ask(url, headers)),
    crash: (point) => {
      const done = crash.arm(point);
      if (crash.crashed) onCrash();
      return done;
    },
    restore: async () => {
      crash.disarm();
      rules.clear();
      gate.latency(0);
      gate.bandwidth(Number.POSITIVE_INFINITY);
      gate.reset();
      log.clear();
      await gate.pass();
    },
    stop: async () => {
      gate.stop();
      watches.cut();
      await front.stop();
      upstream.close();
    },
  };
}
