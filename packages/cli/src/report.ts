import { inspect } from 'node:util'
import { PareError, RunError } from '@pare/core-graph'
import { CommanderError } from 'commander'
import { exitCodes } from './exit-codes.ts'
import type { Terminal } from './terminal.ts'

/** Tells the user what ended a command, as text or as JSON; returns the exit code. */
export function report(
  thrown: unknown,
  { json, debug }: { readonly json?: boolean; readonly debug?: boolean },
  { signal, write, warn }: Terminal,
): number {
  if (thrown instanceof CommanderError) {
    if (json) write(`${JSON.stringify({ error: usage(thrown) })}\n`)
    return exitCodes.badInput
  }
  const error = signal.aborted ? cancelled(thrown) : thrown
  const { code, message, hint, node } = facts(error)
  if (json) write(`${JSON.stringify({ error: { code, message, hint, node } })}\n`)
  else warn(`error ${code}: ${message}\n${hint ? `  ${hint}\n` : ''}`)
  if (debug) warn(`\n${inspect(error)}\n`)
  return exitCodeOf(error)
}

/** Whatever an abort made fail: the command was cancelled. */
const cancelled = (thrown: unknown) =>
  thrown instanceof PareError && thrown.code === 'RUN_CANCELLED'
    ? thrown
    : new RunError({ code: 'RUN_CANCELLED', message: 'The command was cancelled.', cause: thrown })

const facts = (error: unknown): Pick<PareError, 'code' | 'message' | 'hint' | 'node'> =>
  error instanceof PareError
    ? error
    : {
        code: 'BUG',
        message: `This is a bug in Pare: ${error instanceof Error ? error.message : error}`,
        hint: 'Run it again with --debug, and report what it prints.',
        node: undefined,
      }

/** Commander has written its text to standard error itself. */
const usage = ({ code, message }: CommanderError) => ({
  code: 'USAGE',
  message: code === 'commander.help' ? 'No command is given.' : message.replace(/^error: /, ''),
  hint: 'pare --help shows what there is.',
})

/** The exit code of an error that ended a command. */
function exitCodeOf(error: unknown): number {
  if (error instanceof RunError) return error.code === 'RUN_CANCELLED' ? exitCodes.cancelled : exitCodes.failed
  return error instanceof PareError ? exitCodes.badInput : exitCodes.bug
}
