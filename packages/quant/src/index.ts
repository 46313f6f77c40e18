export type { LearnedRounding } from './ada-round.ts'
export type { ActivationType, Affine, Range } from './affine.ts'
export type { CorrectedBias } from './bias-correction.ts'
export { type Equalized, type EqualizedPair, type EqualizeOptions, equalize } from './equalize.ts'
export type { RecipeChange } from './explain/cause.ts'
export { type ExplainOptions, explain } from './explain/explain.ts'
export type { Experiment, ExplainedLayer, Explanation, Finding } from './explain/explanation.ts'
export type { LayerSensitivity } from './layer-sensitivities.ts'
export type { MixedPrecision } from './mixed-precision.ts'
export type { AnyObserver, Observation } from './observer.ts'
export { observers } from './observers/registry.ts'
export type { OutputFidelity } from './output-fidelity.ts'
export { type PlanOptions, planQuantization, type QuantizationPlan } from './plan.ts'
export type { KeptFloat, PlannedWeight, WeightReader } from './plan-weights.ts'
export { prepareQat, type QatContext, type QatDetails, type QatExport } from './qat/prepare-qat.ts'
export { qatOptions } from './qat/qat-options.ts'
export {
  isQuantized,
  layerSensitivities,
  type QuantizationDetails,
  quantizeStatic,
  type StaticContext,
} from './quantize-static.ts'
export { type LayerSaturation, type SaturationContext, saturation } from './saturation.ts'
export type { ScaleGroup } from './scale-groups.ts'
export { staticOptions } from './static-options.ts'
export { qat } from './strategies/qat.ts'
export { staticInt8 } from './strategies/static-int8.ts'
