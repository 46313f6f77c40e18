import type { Executor, StrategyContext } from '@pare/core-graph'

/** What surrounds a strategy that is measured by itself; its notes are seen. */
export const strategyContext = (executor: Executor): StrategyContext => ({
  executor,
  seed: 1,
  progress: () => {},
  note: message => console.error(message),
  signal: new AbortController().signal,
})
