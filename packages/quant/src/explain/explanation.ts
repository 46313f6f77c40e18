import type { OutputFidelity } from '../output-fidelity.ts'
import type { RecipeChange } from './cause.ts'

/** What came of trying something. */
export interface Experiment {
  /** The change of the recipe that it stands for. */
  readonly change: RecipeChange
  readonly before: OutputFidelity
  readonly after: OutputFidelity
  /** How much of the outputs' SQNR comes back, in dB; of two exact models 0. */
  readonly gain: number
}

/** A likely cause, with its evidence. */
export interface Finding {
  /** Id of the cause. */
  readonly cause: string
  readonly title: string
  /** The layers that it was found in, the worst first; none for the whole model. */
  readonly nodes: readonly string[]
  /** What was found and what came of the experiment, in plain words. */
  readonly sentence: string
  /** What to do. */
  readonly advice: string
  readonly figures: Readonly<Record<string, number | string>>
  /** The best of what was tried; undefined where there is nothing to try. */
  readonly experiment: Experiment | undefined
  /** Whether the experiment brought something back, or needs not to. */
  readonly confirmed: boolean
}

/** One of the layers that lose most. */
export interface ExplainedLayer {
  readonly node: string
  readonly op: string
  /** Signal-to-quantization-noise ratio of what it makes, in dB. */
  readonly sqnr: number | null
  /** The noise that it adds to what it reads, as a share of its signal's energy. */
  readonly noise: number
  /** What comes back with it in float. */
  readonly inFloat: Experiment
  /** Id of the likely cause; undefined where none was confirmed. */
  readonly cause: string | undefined
}

/** Why an int8 model is worse than its float one. Plain JSON data. */
export interface Explanation {
  readonly before: OutputFidelity
  readonly samples: number
  /** The likeliest first; those that no experiment confirmed at the end. */
  readonly findings: readonly Finding[]
  /** The worst first. */
  readonly layers: readonly ExplainedLayer[]
  readonly notes: readonly string[]
}
