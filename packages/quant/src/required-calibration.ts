import { type DataSource, RecipeError } from '@pare/core-graph'

/**
 * @param strategy its id
 * @throws RecipeError `RECIPE_NEED` when there is none
 */
export function requiredCalibration(strategy: string, calibration: DataSource | undefined): DataSource {
  if (calibration) return calibration
  throw new RecipeError({
    code: 'RECIPE_NEED',
    message: `${strategy} was given no calibration data.`,
    hint: 'Say under data.calibration where typical samples are; labels are not needed.',
  })
}
