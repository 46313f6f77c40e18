import { resolve } from 'node:path'
import type { Graph } from '@pare/core-graph'
import { createModel, withClasses } from '@pare/models'
import { readModel } from '@pare/runtime'
import type { Recipe } from './schema.ts'

/** Path of the model's file as the recipe says it; undefined for one that is created. */
export const modelPath = ({ model }: Pick<Recipe, 'model'>): string | undefined =>
  typeof model === 'string' ? model : 'path' in model ? model.path : undefined

/**
 * The model that a recipe's run begins with.
 * @param baseDirectory where its path starts
 * @throws what reading a file throws; ModelError `MODEL_HEAD`
 */
export async function loadModel(
  { model, seed }: Pick<Recipe, 'model' | 'seed'>,
  baseDirectory: string,
): Promise<Graph> {
  if (typeof model === 'string') return readModel(resolve(baseDirectory, model))
  if ('path' in model) {
    const graph = await readModel(resolve(baseDirectory, model.path))
    return withClasses(graph, { classes: model.classes, seed })
  }
  const { create, ...options } = model
  return createModel(create, { ...options, seed })
}
