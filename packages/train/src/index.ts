export { withAnyBatch } from './any-batch.ts'
export { type Differentiated, gradients } from './autodiff.ts'
export { checkTrainingData } from './check-training-data.ts'
export type { CheckpointStore } from './checkpoint-store.ts'
export type { EpochResult } from './epoch-result.ts'
export type { Expressions, Operand } from './expression.ts'
export { type AnyLoss, defineLoss, type Loss, type LossTerm, type TensorSource } from './loss.ts'
export { type LossGradients, type LossGradientsSetup, lossGradients } from './loss-gradients.ts'
export { losses } from './losses/registry.ts'
export {
  type MeasuredSteps,
  type PlannedTensor,
  type PlanSetup,
  planTraining,
  type TrainingPlan,
} from './plan-training.ts'
export { type TrainResult, type TrainSetup, train } from './train.ts'
export { type TrainOptions, type TrainOptionsInput, trainOptions } from './train-options.ts'
export type { TrainProgress } from './training-progress.ts'
