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

// Whoever reads our output may stop early, as `head` does.
process.stdout.on('error', () => process.exit(exitCodes.ok))

process.exitCode = await pare(process.argv.slice(2), {
  signal: cancel.signal,
  isInteractive: process.stdout.isTTY && process.stderr.isTTY,
  write: text => process.stdout.write(text),
  warn: text => process.stderr.write(text),
})
