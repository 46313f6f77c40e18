import { exitCodes } from './exit-codes.ts'
import { pare } from './program.ts'

const cancel = new AbortController()
let cancelledAt = Number.POSITIVE_INFINITY

/** The first signal cancels; another one, a second later, ends at once (npm may pass the same one on twice). */
function onSignal(): void {
  if (Date.now() - cancelledAt > 1000) process.exit(exitCodes.cancelled)
  cancelledAt = Math.min(cancelledAt, Date.now())
  cancel.abort()
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, onSignal)

process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  // Whoever reads our output may stop early, as `head` does.
  if (code === 'EPIPE') process.exit(exitCodes.ok)
  process.stderr.write(`error RUN_OUTPUT: Standard output cannot be written: ${message}\n`)
  process.exit(exitCodes.failed)
})

// Progress that nobody reads any more ends nothing: the result may still be wanted.
process.stderr.on('error', () => undefined)

process.exitCode = await pare(process.argv.slice(2), {
  signal: cancel.signal,
  isInteractive: process.stdout.isTTY && process.stderr.isTTY,
  write: text => process.stdout.write(text),
  warn: text => process.stderr.write(text),
})
