import { PareError } from '@pare/core-graph'
import { CommanderError } from 'commander'
import { exitCodeOf, exitCodes } from './exit-codes.ts'
import { createProgram } from './program.ts'

const cancel = new AbortController()
process.once('SIGINT', () => cancel.abort())
process.once('SIGTERM', () => cancel.abort())

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
