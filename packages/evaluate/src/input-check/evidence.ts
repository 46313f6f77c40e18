import type { Batch, Executor, Graph } from '@pare/core-graph'
import type { ChannelStatistics } from './channel-statistics.ts'

/** What is known when an input is judged. */
export interface InputContext {
  /** Not folded. */
  readonly graph: Graph
  readonly executor: Executor
  readonly batches: readonly Batch[]
  readonly input: string
  /** Of the input's samples. */
  readonly statistics: ChannelStatistics
  /** Whether the input has the four axes of images. */
  readonly isImage: boolean
  /** Whether it is the only input of floating point. */
  readonly isOnly: boolean
  readonly signal: AbortSignal | undefined
}

/** What something that could judge had to say: a warning, or that all is well. */
export interface Judgement {
  readonly warning: string | undefined
}

/** A number as it is read in a sentence. */
export const figure = (value: number): string => String(Number(value.toPrecision(3)))

export const figures = (values: readonly number[]): string => `[${values.map(figure).join(', ')}]`
