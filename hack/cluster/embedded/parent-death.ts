interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

/**
 * The command, killed by the kernel when the process that starts it ends. Nobody else could do that: a process that is
 * killed runs no handler, and what it started would live on, frozen or not, until somebody looks.
 */
export function endsWithParent({ program, args }: Command): Command {
  return { program: "setpriv", args: ["--pdeathsig", "KILL", "--", program, ...args] };
}
