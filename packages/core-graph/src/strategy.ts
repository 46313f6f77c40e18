import type { z } from 'zod'
import type { Graph } from './graph.ts'
import type { DataSource, Evaluator, Executor, ProgressListener } from './ports.ts'
import type { Target } from './target.ts'

/** What a strategy may ask of the Compressor, which provides it or explains what is missing. */
export type Need = 'calibration' | 'evaluate'

/** What surrounds a strategy while it works on one stage. */
export interface StrategyContext {
  readonly executor: Executor
  /** Samples for statistics; labels are not used. Present when `needs` names `calibration`. */
  readonly calibration?: DataSource
  /** Measures a candidate on the validation data. Present when `needs` names `evaluate`. */
  readonly evaluate?: Evaluator
  /** The runtime that the model is made for; undefined where the recipe names none. */
  readonly target?: Target
  /** Fixes every random choice. */
  readonly seed: number
  readonly progress: ProgressListener
  /** Tells the user something that is no failure: a layer left float, a fallback. */
  readonly note: (message: string) => void
  readonly signal: AbortSignal
}

/** What a strategy did: the new graph, and what it has to say of it, for the report and for `--json`. */
export interface StrategyResult {
  readonly graph: Graph
  /** Plain JSON data. */
  readonly details?: unknown
}

/**
 * A way to make a graph smaller or faster: data-driven, pure on the graph. A recipe names it by `id` after `use:`.
 */
export interface Strategy<Options extends z.ZodType = z.ZodType> {
  /** `family.name`, such as `quant.static`. */
  readonly id: string
  /** One sentence for help and forms. */
  readonly description: string
  /** Options with defaults, units and descriptions: CLI help, editor completion and forms come from it. */
  readonly options: Options
  readonly needs: readonly Need[]
  /** Makes the new graph. The options have their defaults filled in. */
  readonly prepare: (graph: Graph, options: z.output<Options>, context: StrategyContext) => Promise<StrategyResult>
}

/** Infers the options' type; returns the strategy as it is, frozen. */
export const defineStrategy = <Options extends z.ZodType>(strategy: Strategy<Options>): Strategy<Options> =>
  Object.freeze(strategy)
