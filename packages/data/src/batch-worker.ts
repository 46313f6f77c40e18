// The thread that prepares batches: opens the data of its plan, then answers each request with one batch.

import { parentPort, workerData } from 'node:worker_threads'
import sharp from 'sharp'
import { type BatchMaker, type BatchPlan, openBatchMaker } from './batch-maker.ts'
import { type FromWorker, sentError, type ToWorker } from './worker-protocol.ts'

if (!parentPort) throw new Error('batch-worker runs in a worker thread only')
const port = parentPort
const send = (message: FromWorker, transfer: readonly ArrayBuffer[] = []) => port.postMessage(message, transfer)

// Images are decoded side by side, so one thread each is best; none is decoded twice.
sharp.concurrency(1)
sharp.cache(false)

async function answer({ make }: BatchMaker, { id, ...request }: ToWorker): Promise<void> {
  try {
    const batch = await make(request)
    send(
      { kind: 'batch', id, batch },
      Object.values(batch.inputs).map(({ data }) => data.buffer as ArrayBuffer),
    )
  } catch (error) {
    send({ kind: 'batch-failed', id, error: sentError(error) })
  }
}

try {
  const maker = await openBatchMaker(workerData as BatchPlan)
  port.on('message', (request: ToWorker) => void answer(maker, request))
  send({ kind: 'open', facts: maker.facts })
} catch (error) {
  send({ kind: 'open-failed', error: sentError(error) })
}
