import { Worker } from 'node:worker_threads'
import { type Graph, type InitialState, RunError, type StatefulSession } from '@pare/core-graph'
import type { InferenceSession } from 'onnxruntime-node'
import { notTaken, withModelSource } from '../create-session.ts'
import { runFailure } from '../session.ts'
import type { Problem, SentGraph } from './protocol.ts'
import { movable, ownTensors, received } from './sent-tensors.ts'
import { type StatefulWorker, statefulWorker } from './worker-client.ts'

/** Opens graphs that share a state, in a thread of their own; see the port `StatefulExecutor`. */
export async function openStateful<Name extends string>(
  graphs: Readonly<Record<Name, Graph>>,
  state: ReadonlyMap<string, InitialState>,
  options: InferenceSession.SessionOptions,
  finite?: string,
): Promise<StatefulSession<Name>> {
  const isSource = import.meta.url.endsWith('.ts')
  const file = new URL(isSource ? './stateful-worker.ts' : './stateful-worker.js', import.meta.url)
  const worker = statefulWorker(new Worker(file), problem => errorOf(problem, options))
  try {
    await withModelSources(Object.entries<Graph>(graphs), sent =>
      worker.ask({ kind: 'open', graphs: sent, state: ownState(state), finite, options }),
    )
  } catch (error) {
    await worker.end()
    throw error
  }
  return sessionOf(worker)
}

const sessionOf = (worker: StatefulWorker): StatefulSession => ({
  run: async (graph, feeds) => received(await worker.ask({ kind: 'run', graph, feeds: movable(feeds) })),
  readState: async names => received(await worker.ask({ kind: 'read', names })),
  writeState: async tensors => {
    await worker.ask({ kind: 'write', tensors: ownTensors(tensors) })
  },
  [Symbol.asyncDispose]: () => worker.end(),
})

function errorOf(problem: Problem, options: InferenceSession.SessionOptions) {
  if (problem.kind === 'not taken') return notTaken(problem.title, options, problem.message)
  if (problem.kind === 'run failed') return runFailure(problem, problem.message)
  return new RunError({
    code: 'RUN_STATE',
    message: problem.message,
    hint: 'Names, types and shapes of a state stay as they were at first.',
  })
}

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

const ownState = (state: ReadonlyMap<string, InitialState>): ReadonlyMap<string, InitialState> => {
  const own = ownTensors(Object.fromEntries([...state].map(([name, { initial }]) => [name, initial])))
  return new Map([...state].map(([name, tensor]) => [name, { ...tensor, initial: own[name] ?? tensor.initial }]))
}
