export { type Differentiated, gradients } from './autodiff.ts'
export type { EpochResult } from './epoch-result.ts'
export { type TrainProgress, type TrainResult, type TrainSetup, train } from './train.ts'
export { type TrainOptions, type TrainOptionsInput, trainOptions } from './train-options.ts'
