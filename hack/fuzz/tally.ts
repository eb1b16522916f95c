/** What was asked of one operation, and answered. */
export interface OperationTally {
  readonly requests: number;
  /** Answers by status. */
  readonly statuses: ReadonlyMap<number, number>;
}

/** What a run did. */
export interface Tally {
  /** By method and path, such as `GET /api/v1/profiles/{id}`. */
  readonly operations: ReadonlyMap<string, OperationTally>;
  /** Requests that were not answered. */
  readonly unanswered: number;
  /** Checks that failed, by name and operation. */
  readonly failures: ReadonlyMap<string, number>;
  /** Paths of what was made, as answers told them. */
  readonly created: readonly string[];
}

/** Of a line of the report, as much as is counted. */
interface ReportLine {
  readonly ScenarioFinished?: { readonly recorder: Recorder };
}

interface Recorder {
  readonly cases?: Readonly<Record<string, { readonly value: { readonly method: string; readonly path: string } }>>;
  readonly interactions?: Readonly<Record<string, { readonly response?: RecordedResponse | null }>>;
  readonly checks?: Readonly<Record<string, readonly { readonly name: string; readonly status: string }[]>>;
}

interface RecordedResponse {
  readonly status_code: number;
  readonly headers: Readonly<Record<string, readonly string[]>>;
}

interface Counts {
  requests: number;
  readonly statuses: Map<number, number>;
}

/** Counts what the lines of a report tell. */
export async function tallyReport(lines: AsyncIterable<string> | Iterable<string>): Promise<Tally> {
  const operations = new Map<string, Counts>();
  const failures = new Map<string, number>();
  const created = new Set<string>();
  let unanswered = 0;
  for await (const line of lines) {
    if (line === "") continue;
    const recorder = (JSON.parse(line) as ReportLine).ScenarioFinished?.recorder;
    for (const [id, { value }] of Object.entries(recorder?.cases ?? {})) {
      const label = `${value.method.toUpperCase()} ${value.path}`;
      const counts = operations.get(label) ?? { requests: 0, statuses: new Map<number, number>() };
      operations.set(label, counts);
      counts.requests += 1;
      const response = recorder?.interactions?.[id]?.response;
      if (response === undefined || response === null) unanswered += 1;
      else {
        increment(counts.statuses, response.status_code);
        for (const path of createdBy(response)) created.add(path);
      }
      for (const { name, status } of recorder?.checks?.[id] ?? []) {
        if (status === "failure" || status === "error") increment(failures, `${name} of ${label}`);
      }
    }
  }
  return { operations, unanswered, failures, created: [...created] };
}

function increment<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function createdBy({ status_code: status, headers }: RecordedResponse): readonly string[] {
  if (status !== 201 && status !== 202) return [];
  return Object.entries(headers).flatMap(([name, values]) => (name.toLowerCase() === "location" ? values : []));
}
