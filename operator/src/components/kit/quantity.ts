const FACTORS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

const QUANTITY = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/;

/** Amount in base units (cores, bytes) of a Kubernetes quantity such as `500m`, `1.5Gi` or `1e3`. Throws on anything else. */
export function parseQuantity(text: string): number {
  const match = QUANTITY.exec(text);
  const factor = FACTORS[match?.[3] ?? ""];
  if (match?.[1] === undefined || factor === undefined) {
    throw new Error(`"${text}" is not an amount in Kubernetes notation: write it like 500m, 512Mi or 10Gi`);
  }
  return Number(`${match[1]}${match[2] ?? ""}`) * factor;
}

/** Cores as a quantity in thousandths, rounded up: `1500m`. */
export function formatCpu(cores: number): string {
  // Sums of binary fractions stand a hair above their decimal value (0.1 + 0.2); that is not another thousandth.
  return `${Math.ceil(Number((cores * 1000).toFixed(6)))}m`;
}

/** Bytes as a quantity in mebibytes, rounded up: `512Mi`. */
export function formatMebibytes(bytes: number): string {
  return `${Math.ceil(Number((bytes / 2 ** 20).toFixed(6)))}Mi`;
}
