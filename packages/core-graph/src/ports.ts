import type { DataType } from './data-type.ts'
import type { Graph } from './graph.ts'
import type { TypedArray } from './tensor.ts'

/**
 * The ports: what core-graph and the strategies need of the world, as types. Whoever composes (the Compressor)
 * hands in the implementations.
 */

/**
 * A tensor on its way into or out of a model: `data` holds the elements in row-major order. Half floats are numbers in a
 * Float32Array; a model takes them as raw bits in a Uint16Array too.
 */
export interface TensorData {
  readonly dataType: DataType
  readonly dims: readonly number[]
  readonly data: TypedArray
}

/** Named tensors: a model's feeds, or what was fetched. */
export type TensorMap = Readonly<Record<string, TensorData>>

/** Runs graphs. `@pare/runtime` implements it over onnxruntime-node. */
export interface Executor {
  /**
   * Prepares a graph for running.
   * @throws ModelError when the runtime does not take the graph.
   */
  open(graph: Graph, options?: SessionOptions): Promise<Session>
}

/** How a graph is prepared for running. */
export interface SessionOptions {
  /** Threads inside one operator. Default: the executor's own. */
  readonly threads?: number
  /** Whether the runtime may rewrite the graph. Default true; false keeps every Q/DQ pair and every value as it stands. */
  readonly optimize?: boolean
  /** Whether the runtime may compute what lies between Q/DQ pairs in integers. Default true; false keeps every pair. */
  readonly fusesQuantization?: boolean
  /** Whether the runtime may take memory ahead for all values of a run at once. Default true; false takes less. */
  readonly plansMemory?: boolean
}

/** A graph that is ready to run; holds memory until it is disposed of. */
export interface Session extends AsyncDisposable {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  /**
   * Runs the model once.
   * @param feeds a tensor for every input of the graph
   * @param fetches names of the outputs to return; default all
   * @returns tensors that are the caller's own, in memory that nobody else reads: it may be written to, or given back
   */
  run(feeds: TensorMap, fetches?: readonly string[]): Promise<TensorMap>
  /** Gives the memory back; what is disposed of cannot run any more. */
  dispose(): Promise<void>
}

/** An executor whose sessions may also keep tensors between runs. `createExecutor` of `@pare/runtime` gives one. */
export interface StatefulExecutor extends Executor {
  /**
   * Prepares graphs that share a state: tensors that a run reads as inputs and puts out anew. They stay where they are
   * computed, a thread of its own, so that the caller's is free while a graph runs.
   * @param graphs by a name of the caller's choice
   * @param state by the name of the input that reads it, in every graph that has such an input
   * @throws ModelError when the runtime does not take one of the graphs
   */
  openStateful<Name extends string>(
    graphs: Readonly<Record<Name, Graph>>,
    state: ReadonlyMap<string, InitialState>,
    options?: StatefulOptions,
  ): Promise<StatefulSession<Name>>
}

/** How graphs that share a state are prepared. */
export interface StatefulOptions extends SessionOptions {
  /** Name of an output: a run in which one of its numbers is not finite leaves the state as it was. Default: none does. */
  readonly finite?: string
}

/** A tensor of a state, as it is before the first run. */
export interface InitialState {
  readonly initial: TensorData
  /** Name of the output that has its next value, in every graph that has such an output. Without: it changes by `writeState` only. */
  readonly next?: string
}

/** Graphs that are ready to run, and their state. Calls are carried out one after another, in their order. */
export interface StatefulSession<Name extends string = string> extends AsyncDisposable {
  /**
   * Runs one of the graphs once; the outputs that the state names as next are its state from then on.
   * @param feeds a tensor for every input that is no state. They are taken over: their memory is gone from the caller,
   *   unless it is a part of a larger buffer
   * @returns all other outputs
   * @throws RunError when the run fails, which leaves the state as it was, or when the thread broke down
   */
  run(graph: Name, feeds: TensorMap): Promise<TensorMap>
  /** A copy of the state, or of the tensors named. */
  readState(names?: readonly string[]): Promise<TensorMap>
  /**
   * Replaces tensors of the state by others of the same types and shapes, which stay the caller's.
   * @throws RunError when there are none of such names, types and shapes
   */
  writeState(tensors: TensorMap): Promise<void>
}

/** Samples, stacked along the first axis; it is its receiver's own, who may give its memory away. */
export interface Batch {
  /** By input name; float images are `[N, C, H, W]` (or as the preprocessing's layout says). */
  readonly inputs: TensorMap
  /** Class of each sample, `[N]`; undefined for data without labels. */
  readonly labels: Int32Array | undefined
  /** Place of each sample in its data source, `[N]`: from 0 in the data's own order, whatever the batch's; undefined for a stream. */
  readonly places?: Int32Array
  /** What each sample was mixed with (mixup, cutmix); undefined where nothing was mixed. */
  readonly mixed?: MixedLabels
  /** Number of samples, N. */
  readonly size: number
}

/** Second labels of mixed samples: the target of a sample is `share · label + (1 − share) · second label`. */
export interface MixedLabels {
  /** Class of what was mixed in, `[N]`. */
  readonly labels: Int32Array
  /** Share of a sample that is still its own (the one of the batch's `labels`), `[N]`, from 0 to 1. */
  readonly shares: Float32Array
}

/** How samples are put together in one pass over the data. */
export interface BatchOptions {
  readonly batchSize: number
  /**
   * Leave out so many batches from the start, without reading them where that can be: the others are as ever, and
   * `limit` counts the ones left out too. Default 0.
   */
  readonly skip?: number
  /** Stop after so many samples. Default: all. */
  readonly limit?: number
  /** Shuffle by this seed and epoch; the same pair gives the same order. Default: the data's own order. */
  readonly shuffle?: { readonly seed: number; readonly epoch: number }
  /** Leave out a last batch that is not full. Default false. */
  readonly dropLast?: boolean
  /** Random changes of the samples, for training only. Default: none. */
  readonly augment?: boolean
  readonly signal?: AbortSignal
}

/** Data that can be read again and again, preprocessed for one model. `@pare/data` implements it. */
export interface DataSource {
  /** Number of samples; undefined for a stream whose end is not known. */
  readonly size: number | undefined
  readonly labelled: boolean
  /** Whether batches can be shuffled. Default true; false for a stream that comes in an order of its own. */
  readonly shuffles?: boolean
  /** Whether batches with `augment: true` differ from those without. Default false. */
  readonly augments?: boolean
  /** One pass over the samples; each call starts anew. */
  batches(options: BatchOptions): AsyncIterable<Batch>
}

/** Named results of an evaluation, such as `top1: 0.93` (shares from 0 to 1) or `loss: 0.21`. */
export type Metrics = Readonly<Record<string, number>>

/** Measures how good a model is. `@pare/evaluate` implements it; users hand in their own. */
export type Evaluator = (graph: Graph, options?: { readonly signal?: AbortSignal }) => Promise<Metrics>

/** How far some work has come. `total` is undefined where the end is not known. */
export interface Progress {
  readonly done: number
  readonly total: number | undefined
  /** What is counted: `samples`, `steps`, `layers`. */
  readonly unit: string
  /** Figures that go along, such as `{ loss: 0.31 }`. */
  readonly values?: Metrics
  /** The worker's own measure of its speed, where what is counted does not tell it. */
  readonly samplesPerSecond?: number
  /** The worker's own estimate of the time that is left, likewise. */
  readonly secondsLeft?: number
}

/** Is told how far some work has come. */
export type ProgressListener = (progress: Progress) => void
