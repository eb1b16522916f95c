import { Environment } from "@marcbachmann/cel-js";
import { parseQuantity } from "../components/kit/quantity.ts";

/** An amount as CEL sees it: an opaque value with functions of its own. */
class Quantity {
  readonly amount: number;

  constructor(amount: number) {
    this.amount = amount;
  }
}

/** The functions that Kubernetes adds to CEL, as far as the rules of this project use them. */
const environment = new Environment()
  .registerType("Quantity", Quantity)
  .registerVariable("self", "dyn")
  .registerFunction("string.findAll(string): list", (text: string, pattern: string) =>
    [...text.matchAll(new RegExp(pattern, "g"))].map(([found]) => found),
  )
  .registerFunction("isQuantity(string): bool", isQuantity)
  .registerFunction("quantity(string): Quantity", (text: string) => new Quantity(parseQuantity(text)))
  .registerFunction("sign(Quantity): int", ({ amount }: Quantity) => BigInt(Math.sign(amount)))
  .registerFunction("Quantity.compareTo(Quantity): int", (one: Quantity, other: Quantity) =>
    BigInt(Math.sign(one.amount - other.amount)),
  );

const parsed = new Map<string, ReturnType<Environment["parse"]>>();

/** Value of an expression in CEL about `self`. Throws on an expression that is wrong, or that fails on this value. */
export function evaluateRule(expression: string, self: unknown): unknown {
  let program = parsed.get(expression);
  if (program === undefined) {
    program = environment.parse(expression);
    parsed.set(expression, program);
  }
  return program({ self }) as unknown;
}

function isQuantity(text: string): boolean {
  try {
    parseQuantity(text);
    return true;
  } catch {
    return false;
  }
}
