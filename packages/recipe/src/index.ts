export type { Accept, Verdict } from './accept.ts'
export { Compressor, type CompressorOptions, type PlanOptions, type RunOptions } from './compressor.ts'
export type { RunEvent, RunEventBody, RunListener } from './events.ts'
export { type ImportedRecipe, importRecipe } from './import/import-recipe.ts'
export { recipeJsonSchema } from './json-schema.ts'
export { loadModel } from './load-model.ts'
export type { StagePlan } from './plan-recipe.ts'
export { readPreprocess } from './read-recipe.ts'
export {
  type EngineLatency,
  type Environment,
  type ModelFigures,
  type ModelLatency,
  type RunOrigin,
  type RunResult,
  type StageFigures,
  type StageResult,
  type StageTraining,
  trainingsOf,
  type UsedPlugin,
} from './result.ts'
export type { PartDetails } from './run-stage.ts'
export type { Recipe, RecipeInput, Stage } from './schema.ts'
export type { DataRole, GivenData } from './sources.ts'
export { type StrategyRegistry, strategyRegistry } from './strategies.ts'
