/** The variables that a Dockerfile sets with `ENV`, one or several a line, values without blanks. */
export function imageEnvironment(dockerfile: string): Readonly<Record<string, string>> {
  const lines = [...dockerfile.matchAll(/^ENV (.*)$/gm)].map(([, assignments = ""]) => assignments.trim());
  return Object.fromEntries(
    lines.flatMap((assignments) =>
      assignments.split(/\s+/).map((assignment) => {
        const [, name, value] = /^(\w+)=(\S*)$/.exec(assignment) ?? [];
        if (name === undefined || value === undefined) throw new Error(`ENV ${assignments} is not understood here`);
        return [name, value] as const;
      }),
    ),
  );
}
