import type { Worker } from 'node:worker_threads'
import { type PareError, RunError, type TensorMap } from '@pare/core-graph'
import { type Answer, buffersOf, type Problem, type Request } from './protocol.ts'

/** The other end of a stateful session's thread. */
export interface StatefulWorker {
  /** @throws what the worker found, or RunError `RUN_WORKER` when it broke down, `RUN_CLOSED` after its end */
  readonly ask: (request: Request) => Promise<TensorMap>
  /** Lets the requests that were made be carried out, then ends the thread. */
  readonly end: () => Promise<void>
}

/**
 * Speaks to a worker, which answers requests in their order.
 * @param errorOf puts what went wrong into Pare's words
 */
export function statefulWorker(worker: Worker, errorOf: (problem: Problem) => PareError): StatefulWorker {
  const waiting: PromiseWithResolvers<TensorMap>[] = []
  let failure: RunError | undefined
  let ended: Promise<void> | undefined

  const fail = (error: RunError) => {
    failure ??= error
    for (const { reject } of waiting.splice(0)) reject(failure)
    worker.unref()
  }
  worker.on('error', cause => fail(workerFailure(cause)))
  worker.on('messageerror', cause => fail(workerFailure(cause)))
  worker.on('exit', code => fail(workerFailure(`it ended with exit code ${code}`)))
  worker.on('message', (answer: Answer) => {
    const waiter = waiting.shift()
    // A worker with nothing to do does not keep the process alive.
    if (waiting.length === 0) worker.unref()
    if ('tensors' in answer) waiter?.resolve(answer.tensors)
    else waiter?.reject(errorOf(answer.problem))
  })

  const ask = (request: Request): Promise<TensorMap> => {
    if (failure) return Promise.reject(failure)
    const waiter = Promise.withResolvers<TensorMap>()
    worker.postMessage(request, transferOf(request))
    waiting.push(waiter)
    worker.ref()
    return waiter.promise
  }
  const end = async () => {
    const closing = ask({ kind: 'close' })
    // Whoever asks from now on is told, those who asked before are answered.
    failure ??= new RunError({
      code: 'RUN_CLOSED',
      message: 'The session is closed.',
      hint: 'Open another one.',
    })
    await closing.catch(() => undefined)
    await worker.terminate()
  }
  return {
    ask,
    end: () => {
      ended ??= end()
      return ended
    },
  }
}

/** What a request hands over: all of it is the request's own. */
function transferOf(request: Request): ArrayBuffer[] {
  if (request.kind === 'run') return buffersOf(request.feeds)
  if (request.kind === 'write') return buffersOf(request.tensors)
  if (request.kind !== 'open') return []
  const sources = request.graphs.flatMap(({ source }) => (typeof source === 'string' ? [] : [source.buffer]))
  const state = Object.fromEntries([...request.state].map(([name, { initial }]) => [name, initial]))
  return [...(sources as ArrayBuffer[]), ...buffersOf(state)]
}

/** The error of a thread that broke down. */
const workerFailure = (cause: unknown): RunError =>
  new RunError({
    code: 'RUN_WORKER',
    message: `The thread that runs the graphs broke down: ${cause instanceof Error ? cause.message : cause}.`,
    hint: 'If memory ran out, use smaller batches; otherwise please report it with the model.',
    cause,
  })
