/**
 * Yields what `next` gives until it gives undefined. Each step is begun when the one before it is handed out, so that
 * it is made while the consumer works. An abort ends the iteration at once, without waiting for the step under way.
 * @throws the signal's reason
 */
export async function* oneAhead<Value>(
  next: () => Promise<Value | undefined>,
  signal?: AbortSignal,
): AsyncGenerator<Value> {
  signal?.throwIfAborted()
  // A step that fails is reported when its turn comes, if it comes.
  const begin = () => {
    const step = next()
    step.catch(() => {})
    return step
  }
  let step = begin()
  for (;;) {
    const value = await orAborted(step, signal)
    if (value === undefined) return
    step = begin()
    yield value
    signal?.throwIfAborted()
  }
}

/** A promise for each step: a race with one for all of them would hold each value until the end. */
function orAborted<Value>(step: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (!signal) return step
  const { promise, resolve, reject } = Promise.withResolvers<Value>()
  const abort = () => reject(signal.reason)
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  step.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  return promise
}
