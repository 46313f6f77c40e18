import type { z } from 'zod'
import type { Graph } from './graph.ts'
import type { Batch, DataSource, Evaluator, Executor, ProgressListener, TensorData, TensorMap } from './ports.ts'
import type { Target } from './target.ts'

/** What a strategy may ask of the Compressor, which provides it or explains what is missing: fields of its context. */
export type Need = 'calibration' | 'train' | 'validation' | 'evaluate' | 'latency' | 'teacher'

/** What surrounds a strategy while it works on one stage. */
export interface StrategyContext {
  readonly executor: Executor
  /** Samples for statistics; labels are not used. Present when `needs` names `calibration`. */
  readonly calibration?: DataSource
  /** Samples that models are trained with. Present when `needs` names `train`. */
  readonly train?: DataSource
  /** Samples that models are measured on, with labels or without. Present when `needs` names `validation`. */
  readonly validation?: DataSource
  /**
   * Measures a candidate on the validation data: its metrics, or without labels how faithful it is to the recipe's
   * teacher, where there is none to the float model (`agreement`, `divergence`, `cosine`). Present when `needs` names
   * `evaluate`.
   */
  readonly evaluate?: Evaluator
  /** Milliseconds that a model takes for one sample on the target's engine. Present when `needs` names `latency`. */
  readonly latency?: (graph: Graph) => Promise<number>
  /** A model to learn from, which takes the student's inputs. Present when `needs` names `teacher`. */
  readonly teacher?: Graph
  /** Which of the stage's rounds this is; undefined for a stage of one. */
  readonly round?: Round
  /** Text files by paths that start where those of the recipe do; undefined where there are none. */
  readonly files?: TextFiles
  /** Text files of this stage in the run's folder, which a run that is resumed finds again; undefined where there is none. */
  readonly artifacts?: TextFiles
  /** Tensors kept likewise, such as what a teacher makes of the training data; undefined where there is no such place. */
  readonly tensors?: TensorFiles
  /** The runtime that the model is made for; undefined where the recipe names none. */
  readonly target?: Target
  /** Fixes every random choice. */
  readonly seed: number
  readonly progress: ProgressListener
  /** Tells the user something that is no failure: a layer left float, a fallback. */
  readonly note: (message: string) => void
  readonly signal: AbortSignal
}

/** One of the times that a stage is gone through, each with its training. */
export interface Round {
  /** From 1. */
  readonly number: number
  readonly rounds: number
  /** The graph before the stage's first round, which targets are shares of. */
  readonly before: Graph
}

/** Text files that outlive a strategy's work, such as measured sensitivities. */
export interface TextFiles {
  /** Undefined when there is no such file. */
  read(path: string): Promise<string | undefined>
  /** Replaces the whole file at once. */
  write(path: string, text: string): Promise<void>
}

/** Tensors that outlive a strategy's work, each in a file of its own. */
export interface TensorFiles {
  /** Undefined when there is none of that name. */
  read(name: string): Promise<TensorData | undefined>
  /** Replaces the whole file at once. */
  write(name: string, tensor: TensorData): Promise<void>
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
  /**
   * Adds to the graph what only the training reads, such as a teacher's layers; called once all strategies of the stage
   * have prepared it, in their order. Outputs stay as they are and are made of nothing that is added; new inputs are fed
   * by `feeds`.
   */
  readonly extend?: (graph: Graph) => Graph
  /** Terms of the loss beside those of the training's options; made of the graph that all parts have extended, where they depend on it. */
  readonly terms?: readonly TrainingTerm[] | ((extended: Graph) => readonly TrainingTerm[])
  /** Initializers to be trained that no operator calls trainable, such as a learned scale. */
  readonly trainable?: readonly (string | TrainableTensor)[]
  /** Patterns of weights that stay as they are, from the start or from an epoch on. */
  readonly frozen?: readonly (string | FrozenFrom)[]
  /**
   * Initializers that the graph itself changes, such as a moving average, each with the value that it has after a step;
   * its own name for one that changes between epochs only.
   */
  readonly state?: ReadonlyMap<string, string>
  /** Further inputs of a batch, beside its own: values for the inputs that `extend` added, whose memory is taken over. */
  readonly feeds?: (batch: Batch) => Promise<TensorMap> | TensorMap
  /** Called before each epoch's first step, also after an interruption that fell in between two epochs. */
  readonly onEpoch?: (moment: EpochMoment) => Promise<void> | void
  /**
   * The first epoch, of so many, whose model may be the result: those before are on the way, such as with fewer zeros
   * than there are to be, and so not to be compared. Default: 1. Of all parts the latest counts, and at most the last.
   */
  readonly resultFrom?: (epochs: number) => number
  /**
   * Makes the result out of the trained graph, such as integer weights, in the order of the parts. The graph is what its
   * outputs are made of, and the initializers of `trainable` and `state`.
   */
  readonly finish?: (graph: Graph) => Promise<Graph> | Graph
}

/** An initializer to be trained, by a part of its gradient. */
export interface TrainableTensor {
  readonly name: string
  /** What its gradient is multiplied by before all else that an update makes of it. */
  readonly gradientScale: number
}

/**
 * Weights that stay as they are from the beginning of an epoch on. A BatchNormalization whose scale and shift are both
 * frozen normalizes with its running statistics from then on, which stay too.
 */
export interface FrozenFrom {
  readonly pattern: string
  /** From 1. */
  readonly epoch: number
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
  /** What it needs, which may depend on its options. */
  readonly needs: readonly Need[] | ((options: z.output<Options>) => readonly Need[])
  /** Makes the new graph. The options have their defaults filled in. */
  readonly prepare: (graph: Graph, options: z.output<Options>, context: StrategyContext) => Promise<StrategyResult>
}

/** Infers the options' type; returns the strategy as it is, frozen. */
export const defineStrategy = <Options extends z.ZodType>(strategy: Strategy<Options>): Strategy<Options> =>
  Object.freeze(strategy)

/** What a strategy needs with these options, which have their defaults filled in. */
export const needsOf = ({ needs }: Strategy, options: unknown): readonly Need[] =>
  typeof needs === 'function' ? needs(options) : needs
