import type { QueryResultRow } from "pg";
import { expect, test } from "vitest";
import type { Postgres } from "../kit/stores/postgres.ts";
import { Positions } from "./position.ts";

/** A primary that moves on with each question, and answers when it is told to. */
class Primary implements Pick<Postgres, "query" | "read"> {
  asked = 0;
  readonly #answers: (() => void)[] = [];

  async read<Row extends QueryResultRow>(): Promise<readonly Row[]> {
    this.asked += 1;
    const lsn = `0/${this.asked}`;
    await new Promise<void>((resolve) => this.#answers.push(resolve));
    return [{ history: "one-00000001", lsn, noted: "one-00000001" } as unknown as Row];
  }

  async query<Row extends QueryResultRow>(): Promise<readonly Row[]> {
    throw new Error("nothing is to be noted");
  }

  async answer(): Promise<void> {
    this.#answers.shift()?.();
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  }
}

test("whoever asks while a question is under way is told what a later one found, together with all others", async () => {
  const primary = new Primary();
  const positions = new Positions(primary);
  const first = positions.current();
  const second = positions.current();
  const third = positions.current();
  expect(primary.asked).toBe(1);
  await primary.answer();
  expect((await first).lsn).toBe("0/1");
  expect(primary.asked).toBe(2);
  const fourth = positions.current();
  await primary.answer();
  expect([(await second).lsn, (await third).lsn]).toEqual(["0/2", "0/2"]);
  await primary.answer();
  expect((await fourth).lsn).toBe("0/3");
  const fifth = positions.current();
  await primary.answer();
  expect((await fifth).lsn).toBe("0/4");
});

test("a question that fails is the trouble of those who asked it, and of nobody after them", async () => {
  let asked = 0;
  const primary = {
    async read<Row extends QueryResultRow>(): Promise<readonly Row[]> {
      asked += 1;
      if (asked === 1) throw new Error("no");
      return [{ history: "one", lsn: "0/1", noted: "one" } as unknown as Row];
    },
    query: async () => [],
  };
  const positions = new Positions(primary);
  const first = positions.current();
  const second = positions.current();
  await expect(first).rejects.toThrow("no");
  expect((await second).lsn).toBe("0/1");
});
