export { type EvaluateOptions, type Evaluation, evaluate, evaluateOptions } from './evaluate.ts'
export { createEvaluator, type EvaluatorOptions, type OwnEvaluation } from './evaluator.ts'
export { compareModels, createFidelityEvaluator, type Fidelity, type FidelityOptions } from './fidelity.ts'
export { type CheckInputsOptions, checkInputs } from './input-check.ts'
export type { LayerFidelity, UnmatchedValue } from './layer-fidelity.ts'
export {
  defineMetric,
  type Measured,
  type Measurement,
  type Metric,
  type MetricDefinition,
  type MetricNeed,
} from './metric.ts'
export { type ClassAccuracy, classAccuracy } from './metrics/class-accuracy.ts'
export { crossEntropy } from './metrics/cross-entropy.ts'
export { topK } from './metrics/top-k.ts'
export { bestClass } from './rank.ts'
export type { ScoreKind, Scores } from './scores.ts'
export { type Similarity, type SimilaritySums, similaritySums } from './similarity.ts'
