import { expect, test } from "vitest";
import { execArguments } from "./kubectl.ts";
import { chooseInstance, psqlIn } from "./psql.ts";
import { primary, replica } from "./testing.ts";

test("runs on the primary, or on a replica that streams", () => {
  const members = [replica("a", { state: "starting" }), primary("b"), replica("c")];
  expect(chooseInstance(members, false).name).toBe("b");
  expect(chooseInstance(members, true).name).toBe("c");
});

test("where there is none, says what there is", () => {
  expect(() => chooseInstance([replica("a")], false)).toThrow("--replica reads what a replica has");
  expect(() => chooseInstance([primary("a")], true)).toThrow("leave --replica out");
});

test("what is typed reaches psql as it is", () => {
  const command = psqlIn(false, ["--command", "SELECT '$HOME; \"x\"'"]);
  expect(command.slice(3)).toEqual(["psql", "--command", "SELECT '$HOME; \"x\"'"]);
  expect(command[2]).toContain('--username="$(cat /etc/postgresql-credentials/username)"');
  expect(psqlIn(true, [])[2]).toContain('--username="postgres"');
});

test("kubectl is told the cluster, the container, and where its own flags end", () => {
  const container = { namespace: "data-layer", pod: "postgresql-0", container: "postgresql" };
  expect(execArguments({ kubeconfig: "k", context: "c" }, container, ["--stdin"], ["psql", "--version"])).toEqual(
    [
      "--kubeconfig k --context c exec --namespace data-layer postgresql-0",
      "--container postgresql --stdin -- psql --version",
    ].flatMap((words) => words.split(" ")),
  );
  expect(execArguments({}, container, [], ["true"])[0]).toBe("exec");
});
