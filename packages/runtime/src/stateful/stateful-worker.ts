// The thread of a stateful session: holds onnxruntime's sessions and the state, and answers one request after another.

import { parentPort } from 'node:worker_threads'
import { sentError, type TensorMap } from '@pare/core-graph'
import type { InferenceSession } from 'onnxruntime-node'
import { createSession } from '../create-session.ts'
import { type Answer, buffersOf, type Request } from './protocol.ts'
import { createState, type State } from './state.ts'

if (!parentPort) throw new Error('stateful-worker runs in a worker thread only')
const port = parentPort

const sessions = new Map<string, InferenceSession>()
let state: State = createState(new Map())

const answers: {
  readonly [Kind in Request['kind']]: (request: Extract<Request, { kind: Kind }>) => Promise<TensorMap>
} = {
  open: async ({ graphs, state: initial, options }) => {
    for (const { name, title, source } of graphs) sessions.set(name, await createSession(title, source, options))
    state = createState(initial)
    return {}
  },
  run: async ({ graph, feeds }) => {
    const session = sessions.get(graph)
    if (session) return state.run(session, feeds)
    throw new Error(`There is no graph ${graph}.`)
  },
  read: async ({ names }) => state.read(names),
  write: async ({ tensors }) => {
    state.write(tensors)
    return {}
  },
  close: async () => {
    for (const session of sessions.values()) await session.release()
    return {}
  },
}

async function answer(request: Request): Promise<void> {
  let sent: Answer
  try {
    sent = { tensors: await (answers[request.kind] as (request: Request) => Promise<TensorMap>)(request) }
  } catch (error) {
    const known = sentError(error)
    sent = known ? { error: known } : { bug: error }
  }
  port.postMessage(sent, 'tensors' in sent ? buffersOf(sent.tensors) : [])
}

let last = Promise.resolve()
port.on('message', (request: Request) => {
  last = last.then(() => answer(request))
})
