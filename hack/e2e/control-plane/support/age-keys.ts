/**
 * Loaded into a process before its program, by NODE_OPTIONS: for that process, Secrets are older than they are. Nobody
 * can make a Secret with a time of creation other than now, and a rotation that takes a month is not waited for.
 */
const VARIABLE = "AGED_SECRETS";

type Parsed = { readonly items?: readonly Parsed[]; readonly metadata?: { name?: string; creationTimestamp?: string } };

const ages = JSON.parse(process.env[VARIABLE] ?? "{}") as Readonly<Record<string, number>>;
const parse = JSON.parse.bind(JSON);

JSON.parse = (text: string, reviver?: (key: string, value: unknown) => unknown): unknown => {
  const value = parse(text, reviver) as Parsed | null;
  for (const one of [value, ...(value?.items ?? [])]) age(one?.metadata);
  return value;
};

function age(metadata: Parsed["metadata"]): void {
  const ms = ages[metadata?.name ?? ""];
  if (ms === undefined || metadata?.creationTimestamp === undefined) return;
  metadata.creationTimestamp = `${new Date(Date.parse(metadata.creationTimestamp) - ms).toISOString().slice(0, 19)}Z`;
}
