import { type DataSource, RecipeError, type ValueInfo } from '@pare/core-graph'
import { openDataSource } from '@pare/data'
import type { Recipe } from './schema.ts'

/** The parts that data plays in a run. */
export type DataRole = 'train' | 'validation' | 'calibration'

/** Data handed in by the caller in place of what the recipe declares. */
export type GivenData = Partial<Readonly<Record<DataRole, DataSource>>>

/** The data of a run, opened when it is first asked for. */
export interface DataSources extends AsyncDisposable {
  /** Undefined when the recipe declares none for this role. */
  readonly open: (role: DataRole) => Promise<DataSource | undefined>
  /** @throws RecipeError `RECIPE_DATA` when the recipe declares none */
  readonly require: (role: DataRole, wantedBy: string) => Promise<DataSource>
  /** Samples for statistics, and where they come from when it is not the recipe's `data.calibration`. */
  readonly calibration: (
    wantedBy: string,
  ) => Promise<{ readonly source: DataSource; readonly instead: DataRole | undefined }>
}

/**
 * @param baseDirectory where relative paths start: the recipe's folder
 * @param inputs of the model
 */
export function dataSources(
  recipe: Recipe,
  baseDirectory: string,
  inputs: readonly ValueInfo[],
  given: GivenData = {},
): DataSources {
  /** By their declarations: two roles of the same data share one thread and its memory. */
  const opened = new Map<string, Promise<DataSource & AsyncDisposable>>()
  const open: DataSources['open'] = async role => {
    const own = given[role]
    if (own) return own
    const declaration = recipe.data[role]
    if (!declaration) return undefined
    const key = JSON.stringify(declaration)
    const known = opened.get(key)
    if (known) return known
    const { preprocess, augment } = recipe.data
    const source = openDataSource(declaration, {
      preprocess,
      baseDirectory,
      inputs,
      ...(augment ? { augment } : {}),
    })
    opened.set(key, source)
    return source
  }
  return {
    open,
    require: async (role, wantedBy) => {
      const source = await open(role)
      if (source) return source
      throw missingData(`data.${role}`, wantedBy)
    },
    calibration: async wantedBy => {
      for (const role of ['calibration', 'train', 'validation'] as const) {
        const source = await open(role)
        if (source) return { source, instead: role === 'calibration' ? undefined : role }
      }
      throw missingData('data.calibration', wantedBy)
    },
    [Symbol.asyncDispose]: async () => {
      for (const source of opened.values()) await (await source.catch(() => undefined))?.[Symbol.asyncDispose]()
    },
  }
}

/** The error of a recipe that lacks data which a part of it needs. */
export const missingData = (what: string, wantedBy: string) =>
  new RecipeError({
    code: 'RECIPE_DATA',
    message: `${wantedBy} needs samples, and the recipe has no ${what}.`,
    hint: `Add ${what} to the recipe, or hand a DataSource to Compressor.open.`,
  })
