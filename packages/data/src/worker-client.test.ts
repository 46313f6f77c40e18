import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import type { BatchRequest } from './batch-maker.ts'
import { failureOf } from './testing/files.ts'
import { connect } from './worker-client.ts'

const worker = (code: string) =>
  new Worker(`const { parentPort } = require('node:worker_threads'); ${code}`, { eval: true })
const opens = "parentPort.postMessage({ kind: 'open', facts: { size: 1, sampleDims: [1, 1, 1] } });"
const request: BatchRequest = { places: Uint32Array.of(0), augment: undefined }

test.each([
  ['throws while it opens', "throw new Error('boom')", /broke down: boom/],
  ['ends while it opens', 'process.exit(3)', /exit code 3/],
])('a worker that %s becomes a DataError', async (_, code, message) => {
  expect(await failureOf(connect(worker(code)))).toMatchObject({
    code: 'DATA_WORKER',
    message: expect.stringMatching(message),
  })
})

test.each([
  ['throws', "parentPort.on('message', () => { throw new Error('boom') })", /broke down: boom/],
  ['ends', "parentPort.on('message', () => process.exit(4))", /exit code 4/],
])('a worker that %s at work fails all that is asked of it', async (_, code, message) => {
  await using client = await connect(worker(opens + code))
  const failures = await Promise.all([failureOf(client.request(request)), failureOf(client.request(request))])
  for (const failure of [...failures, await failureOf(client.request(request))])
    expect(failure).toMatchObject({ code: 'DATA_WORKER', message: expect.stringMatching(message) })
})

test('disposing ends the worker and what waits for it', async () => {
  const busy = worker(`${opens} parentPort.on('message', () => {})`)
  const client = await connect(busy)
  const waiting = failureOf(client.request(request))
  const ended = new Promise(resolve => busy.once('exit', resolve))
  await client[Symbol.asyncDispose]()
  expect(await waiting).toMatchObject({ code: 'DATA_CLOSED' })
  await ended
})
