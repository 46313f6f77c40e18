import type { Metrics, NodeCost } from '@pare/core-graph'
import type { Fidelity } from '@pare/evaluate'
import type { LayerSaturation } from '@pare/quant'
import type { TrainOptions, TrainResult } from '@pare/train'
import type { Accept, Verdict } from './accept.ts'
import type { PartDetails } from './run-stage.ts'

/** Times of single runs, in milliseconds: the median, and between what the middle half lies. */
export interface ModelLatency {
  readonly median: number
  readonly quartiles: readonly [number, number]
}

/** The float model and the result, timed in turns on one engine. */
export interface EngineLatency {
  /** Such as `onnxruntime-node`, `onnxruntime-web in Chromium`. */
  readonly engine: string
  readonly before: ModelLatency
  readonly after: ModelLatency
}

/** The figures of one model. */
export interface ModelFigures {
  /** As the evaluation names them; shares from 0 to 1. Undefined without validation data. */
  readonly metrics: Metrics | undefined
  /** Of the ONNX file. */
  readonly bytes: number
  /** Multiply-adds for one sample; undefined where shapes are not known. */
  readonly macs: number | undefined
  readonly parameters: number
  /** Of one sample, in milliseconds, on the first engine of `latencies`; undefined where the input's size is not fixed. */
  readonly latency: ModelLatency | undefined
  /** In the order of the graph; without those that have no known shapes. */
  readonly nodes: readonly NodeCost[]
}

/** What one stage did. */
export interface StageResult {
  readonly name: string
  /** How often it was gone through. */
  readonly rounds: number
  /** Of the model after the stage, as an ONNX file. */
  readonly bytes: number
  /** Of the model after the stage; undefined for the last one, whose model is the result. */
  readonly figures?: StageFigures | undefined
  /** In the order in which they were done, round after round. */
  readonly details: readonly PartDetails[]
}

/** Figures of a model between two stages, as those of `ModelFigures`. */
export type StageFigures = Pick<ModelFigures, 'metrics' | 'macs' | 'parameters'>

/** How the training of a stage went. */
export interface StageTraining extends Pick<TrainResult, 'best' | 'epochs'> {
  /** From 1; undefined for a stage of one. */
  readonly round: number | undefined
  /** By which the best epoch was chosen. */
  readonly metric: string
  /** Epochs that the recipe says; `patience` may have ended the training before. */
  readonly wanted: number
}

/** One for each round; empty for a stage that does not train. */
export const trainingsOf = ({ details }: StageResult): readonly StageTraining[] =>
  details.flatMap(({ part, options, details, round }) => {
    if (part !== 'train') return []
    const { best, epochs } = options as TrainOptions
    return [{ ...(details as Pick<TrainResult, 'best' | 'epochs'>), round, metric: best.metric, wanted: epochs }]
  })

/** Code of somebody else's that the run used. */
export interface UsedPlugin {
  /** As the recipe names it. */
  readonly plugin: string
  /** Of its package; undefined for a module without one. */
  readonly version: string | undefined
  /** Ids of the strategies that it brought. */
  readonly strategies: readonly string[]
}

/** Where a run comes from. */
export interface RunOrigin {
  /** Of the recipe. */
  readonly name: string
  /** Path of the recipe; undefined where it was given as an object. */
  readonly file: string | undefined
  /** Where relative paths of the recipe start. */
  readonly baseDirectory: string
}

/** The outcome of a run: plain JSON, as in `result.json`. */
export interface RunResult {
  readonly verdict: Verdict
  readonly folder: string
  /** Path of the resulting model. */
  readonly model: string
  /** The float model, BatchNorm folded. */
  readonly before: ModelFigures
  readonly after: ModelFigures
  /** The result beside the float model, on the same samples. Undefined without validation data. */
  readonly fidelity: Fidelity | undefined
  /** The recipe's target. */
  readonly target: string | undefined
  /** On every engine that stands for the target; the first is the most like it. */
  readonly latencies: readonly EngineLatency[]
  /** One sentence for a result that is not smaller than the float model, and for each engine on which it is slower. */
  readonly notWorthIt: readonly string[]
  /** How each int8 layer would fare on the target's CPUs whose kernels saturate; empty for targets without such, and without data. */
  readonly saturation: readonly LayerSaturation[]
  readonly stages: readonly StageResult[]
  readonly notes: readonly string[]
  readonly origin: RunOrigin
  readonly plugins: readonly UsedPlugin[]
  /** The recipe's bounds. */
  readonly accept: Accept
  readonly seed: number
  /** When the run ended: date and time in UTC (ISO 8601). */
  readonly finished: string
  readonly seconds: number
  readonly environment: Environment
}

/** What a measurement was made with. */
export interface Environment {
  readonly pare: string
  readonly node: string
  readonly onnxruntime: string
  readonly platform: string
  readonly processor: string
  readonly cores: number
}
