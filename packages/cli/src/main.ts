import { PareError } from '@pare/core-graph'
import { CommanderError } from 'commander'
import { exitCodeOf, exitCodes } from './exit-codes.ts'
import { createProgram } from './program.ts'

const cancel = new AbortController()
let cancelledAt = Number.POSITIVE_INFINITY

/** The first signal cancels; another one, a second later, ends at once (npm may pass the same one on twice). */
function onSignal(): void {
  if (Date.now() - cancelledAt > 1000) process.exit(exitCodes.cancelled)
  cancelledAt = Math.min(cancelledAt, Date.now())
  cancel.abort()
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, onSignal)

const program = createProgram({
  signal: cancel.signal,
  write: text => process.stdout.write(text),
  warn: text => process.stderr.write(text),
})

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = report(error)
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.badInput
  const { json, debug } = program.opts<{ json?: boolean; debug?: boolean }>()
  if (json) process.stdout.write(`${JSON.stringify({ error: describe(error) })}\n`)
  else process.stderr.write(textOf(error))
  if (debug && error instanceof Error) process.stderr.write(`\n${error.stack}\n`)
  return cancel.signal.aborted ? exitCodes.cancelled : exitCodeOf(error)
}

function describe(error: unknown) {
  if (error instanceof PareError)
    return { code: error.code, message: error.message, hint: error.hint, node: error.node }
  return { code: 'BUG', message: error instanceof Error ? error.message : String(error) }
}

function textOf(error: unknown): string {
  if (error instanceof PareError)
    return `error ${error.code}: ${error.message}\n${error.hint ? `  ${error.hint}\n` : ''}`
  if (cancel.signal.aborted) return 'cancelled\n'
  return `This is a bug in Pare: ${error instanceof Error ? error.message : error}\n  Run it again with --debug, and report what it prints.\n`
}
