/** What the exit code of `pare` says. `pare --help` and the docs list them. */
export const exitCodes = {
  ok: 0,
  notAccepted: 1,
  badInput: 2,
  failed: 3,
  bug: 70,
  cancelled: 130,
} as const

export const exitCodeHelp = `Exit codes:
  0    done, and accepted where the recipe has bounds
  1    the run ended, but its result is not accepted
  2    wrong usage or bad input: arguments, recipe, model, data
  3    a run failed: a full disk, a folder that cannot be written, a runtime's failure
  70   a bug in Pare
  130  cancelled by Ctrl-C; a run can be resumed`
