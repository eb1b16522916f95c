import { expect, test } from "vitest";
import { parseRunConfiguration } from "./config.ts";
import { UsageError } from "./errors.ts";

const DEFAULTS = {
  metricsPort: 8080,
  profiling: false,
  profilingPort: 6060,
  leaderElect: true,
  namespace: "profile-platform-system",
  serviceAccount: "profile-platform-operator",
  maxConcurrentReconciles: 4,
  logLevel: "info",
};

test("nothing has to be given", () => {
  expect(parseRunConfiguration({}, {})).toEqual(DEFAULTS);
});

test("a flag goes before its variable, and an empty variable is none", () => {
  const environment = { POD_NAMESPACE: "here", LOG_LEVEL: "debug", SERVICE_ACCOUNT: "", POD_NAME: "operator-1" };
  expect(parseRunConfiguration({ namespace: "there", leaderElect: "false", metricsPort: "0" }, environment)).toEqual({
    ...DEFAULTS,
    namespace: "there",
    logLevel: "debug",
    identity: "operator-1",
    leaderElect: false,
    metricsPort: 0,
  });
});

test("every bad value gets a line that names where it comes from", () => {
  const attempt = () =>
    parseRunConfiguration(
      { metricsPort: "http", profiling: "on", maxConcurrentReconciles: "0", leaderElect: "maybe" },
      { LOG_LEVEL: "loud", POD_NAMESPACE: "Not A Name" },
    );
  expect(attempt).toThrow(UsageError);
  expect(attempt).toThrow(
    [
      '--metrics-port must be a port, 0 to 65535 (0 takes a free one), and is "http"',
      '--profiling must be true or false, and is "on"',
      '--leader-elect must be true or false, and is "maybe"',
      'POD_NAMESPACE must be a name of small letters, digits and -, and is "Not A Name"',
      '--max-concurrent-reconciles must be 1 or above, and is "0"',
      'LOG_LEVEL must be one of trace, debug, info, warn, error, and is "loud"',
    ].join("\n"),
  );
});
