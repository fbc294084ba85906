/** What the command line leaves as exit code. */
export const EXIT = {
  ok: 0,
  /** The document is invalid, or the execution failed. */
  failed: 1,
  /** The command cannot be carried out as given: a missing file, no JSON, a wrong option. */
  usage: 2,
  aborted: 3,
  /** Stopped before its end: Ctrl-C, --max-requests, --timeout, or nobody reads the output any more. */
  cancelled: 4,
  /** EX_CONFIG of sysexits.h: a setting is bad. */
  settings: 78,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
