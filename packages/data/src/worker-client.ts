import type { Worker } from 'node:worker_threads'
import { DataError } from '@pare/core-graph'
import type { BatchRequest, DataFacts, MadeBatch } from './batch-maker.ts'
import { type FromWorker, receivedError, type ToWorker, workerFailure } from './worker-protocol.ts'

/** The other end of a batch worker. */
export interface WorkerClient extends AsyncDisposable {
  readonly facts: DataFacts
  readonly request: (request: BatchRequest) => Promise<MadeBatch>
}

/**
 * Waits until the worker has opened its data.
 * @throws DataError what the worker found, or `DATA_WORKER` when it broke down.
 */
export async function connect(worker: Worker): Promise<WorkerClient> {
  const opening = Promise.withResolvers<DataFacts>()
  const waiting = new Map<number, PromiseWithResolvers<MadeBatch>>()
  let failure: Error | undefined
  let lastId = 0

  const fail = (error: Error) => {
    failure ??= error
    opening.reject(failure)
    for (const { reject } of waiting.values()) reject(failure)
    settle()
  }
  // A worker with nothing to do does not keep the process alive.
  const settle = (id?: number) => {
    if (id === undefined) waiting.clear()
    else waiting.delete(id)
    if (waiting.size === 0) worker.unref()
  }
  worker.on('error', cause => fail(workerFailure(cause)))
  worker.on('messageerror', cause => fail(workerFailure(cause)))
  worker.on('exit', code => fail(workerFailure(`it ended with exit code ${code}`)))
  worker.on('message', (message: FromWorker) => {
    // An answer that comes too late must not let go of a worker that is being ended.
    if (failure) return
    if (message.kind === 'open') opening.resolve(message.facts)
    else if (message.kind === 'open-failed') fail(receivedError(message.error))
    else {
      const waiter = waiting.get(message.id)
      settle(message.id)
      if (message.kind === 'batch') waiter?.resolve(message.batch)
      else waiter?.reject(receivedError(message.error))
    }
  })

  try {
    const facts = await opening.promise
    worker.unref()
    return {
      facts,
      request: request => {
        if (failure) return Promise.reject(failure)
        const id = ++lastId
        const waiter = Promise.withResolvers<MadeBatch>()
        waiting.set(id, waiter)
        worker.ref()
        worker.postMessage({ id, ...request } satisfies ToWorker)
        return waiter.promise
      },
      async [Symbol.asyncDispose]() {
        fail(new DataError({ code: 'DATA_CLOSED', message: 'The data source is closed.', hint: 'Open it again.' }))
        await worker.terminate()
      },
    }
  } catch (error) {
    await worker.terminate()
    throw error
  }
}
