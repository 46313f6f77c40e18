import { Worker } from 'node:worker_threads'
import type { Graph, InitialState, StatefulSession } from '@pare/core-graph'
import type { InferenceSession } from 'onnxruntime-node'
import { withModelSource } from '../create-session.ts'
import { movable, ownTensors, type SentGraph } from './protocol.ts'
import { type StatefulWorker, statefulWorker } from './worker-client.ts'

/** Opens graphs that share a state, in a thread of their own; see the port `StatefulExecutor`. */
export async function openStateful<Name extends string>(
  graphs: Readonly<Record<Name, Graph>>,
  state: ReadonlyMap<string, InitialState>,
  options: InferenceSession.SessionOptions,
): Promise<StatefulSession<Name>> {
  const isSource = import.meta.url.endsWith('.ts')
  const file = new URL(isSource ? './stateful-worker.ts' : './stateful-worker.js', import.meta.url)
  const worker = statefulWorker(new Worker(file, isSource ? { execArgv: ['--conditions=@pare/source'] } : {}))
  try {
    await withModelSources(Object.entries<Graph>(graphs), sent =>
      worker.ask({ kind: 'open', graphs: sent, state: ownState(state), options }),
    )
  } catch (error) {
    await worker.end()
    throw error
  }
  return sessionOf(worker)
}

const sessionOf = (worker: StatefulWorker): StatefulSession => ({
  run: async (graph, feeds) => worker.ask({ kind: 'run', graph, feeds: movable(feeds) }),
  readState: async names => worker.ask({ kind: 'read', names }),
  writeState: async tensors => {
    await worker.ask({ kind: 'write', tensors: ownTensors(tensors) })
  },
  [Symbol.asyncDispose]: () => worker.end(),
})

/** All of the graphs as models, one by one, so that files among them are there until all are read. */
function withModelSources<Result>(
  [first, ...rest]: readonly (readonly [string, Graph])[],
  use: (sent: readonly SentGraph[]) => Promise<Result>,
): Promise<Result> {
  if (!first) return use([])
  const [name, graph] = first
  return withModelSource(graph, source =>
    withModelSources(rest, others => use([{ name, title: graph.name, source }, ...others])),
  )
}

const ownState = (state: ReadonlyMap<string, InitialState>) =>
  new Map(
    [...state].map(([name, { initial, ...rest }]) => [
      name,
      { ...rest, initial: { dataType: initial.dataType, dims: initial.dims, data: initial.data.slice() } },
    ]),
  )
