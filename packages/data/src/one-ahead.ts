/**
 * Yields what `next` gives until it gives undefined. Each step is begun when the one before it is handed out, so that
 * it is made while the consumer works. An abort ends the iteration at once, without waiting for the step under way.
 * @throws the signal's reason
 */
export async function* oneAhead<Value>(
  next: () => Promise<Value | undefined>,
  signal?: AbortSignal,
): AsyncGenerator<Value> {
  const aborted = Promise.withResolvers<never>()
  aborted.promise.catch(() => {})
  const abort = () => aborted.reject(signal?.reason)
  signal?.throwIfAborted()
  signal?.addEventListener('abort', abort)
  // A step that fails is reported when its turn comes, if it comes.
  const begin = () => {
    const step = next()
    step.catch(() => {})
    return step
  }
  try {
    let step = begin()
    for (;;) {
      const value = await Promise.race([step, aborted.promise])
      if (value === undefined) return
      step = begin()
      yield value
      signal?.throwIfAborted()
    }
  } finally {
    signal?.removeEventListener('abort', abort)
  }
}
