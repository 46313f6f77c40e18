export { createModel, type ModelId, type ModelOptions, modelIds, models } from './create-model.ts'
export type { Model } from './model.ts'
export { withClasses } from './with-classes.ts'
