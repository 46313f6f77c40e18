import type { z } from 'zod'
import type { Graph } from './graph.ts'
import type { DataSource, Evaluator, Executor, ProgressListener, TensorMap } from './ports.ts'
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
  /** How the strategy joins the training of its stage, which must have one then. */
  readonly training?: TrainingPart
}

/** What joins the training of a graph, by names of the graph's tensors. What no output is made of is gone from the result. */
export interface TrainingPart {
  /** Terms of the loss beside those of the training's options. */
  readonly terms?: readonly TrainingTerm[]
  /** Initializers to be trained that no operator calls trainable, such as a learned scale. */
  readonly trainable?: readonly string[]
  /** Patterns of weights that stay as they are. */
  readonly frozen?: readonly string[]
  /**
   * Initializers that the graph itself changes, such as a moving average, each with the value that it has after a step;
   * its own name for one that changes between epochs only.
   */
  readonly state?: ReadonlyMap<string, string>
  /** Called before each epoch's first step, also after an interruption that fell in between two epochs. */
  readonly onEpoch?: (moment: EpochMoment) => Promise<void> | void
  /** Makes the result out of the trained graph, such as integer weights, in the order of the parts. */
  readonly finish?: (graph: Graph) => Promise<Graph> | Graph
}

/** A term of a training's loss: a loss by its id, or one of the strategy's own; its tensors by name and its options. */
export interface TrainingTerm {
  readonly loss: string | object
  readonly [option: string]: unknown
}

/** The moment before an epoch: what is read and written are parameters, running statistics and the parts' own state. */
export interface EpochMoment {
  /** From 1. */
  readonly epoch: number
  readonly epochs: number
  /** A copy of the tensors named, or of all. */
  readonly readState: (names?: readonly string[]) => Promise<TensorMap>
  /** Replaces tensors by others of the same types and shapes. It should depend on the epoch and the state alone, so that runs can be repeated. */
  readonly writeState: (tensors: TensorMap) => Promise<void>
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
