import type { Executor, Graph, Session } from '@pare/core-graph'

/** An executor that opens graphs once, however often they are asked for. */
export interface SharedSessions extends Executor, AsyncDisposable {
  /** Sessions of this graph are one from now on, until it is given back. */
  share(graph: Graph): void
  giveBack(graph: Graph): Promise<void>
}

export function sharedSessions(executor: Executor): SharedSessions {
  const shared = new Map<Graph, Promise<Session> | undefined>()
  const giveBack = async (graph: Graph) => {
    const session = await shared.get(graph)
    shared.delete(graph)
    await session?.dispose()
  }
  return {
    open: async (graph, options) => {
      if (!shared.has(graph) || options) return executor.open(graph, options)
      const opening = shared.get(graph) ?? executor.open(graph)
      shared.set(graph, opening)
      const kept = async () => {}
      return { ...(await opening), dispose: kept, [Symbol.asyncDispose]: kept }
    },
    share: graph => {
      shared.set(graph, undefined)
    },
    giveBack,
    [Symbol.asyncDispose]: async () => {
      for (const graph of shared.keys()) await giveBack(graph)
    },
  }
}
