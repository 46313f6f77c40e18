import { stringify } from 'yaml'
import { z } from 'zod'
import { checkRecipe } from '../read-recipe.ts'
import type { RecipeInput } from '../schema.ts'
import type { StrategyRegistry } from '../strategies.ts'
import { readYaml } from '../yaml-file.ts'
import { instanceNamed, readConfiguration } from './read-config.ts'
import { stagesOf } from './stages.ts'
import { translated } from './translate.ts'

/** A recipe made of a configuration. */
export interface ImportedRecipe {
  readonly recipe: RecipeInput
  /** The recipe as YAML, with the notes as comments. */
  readonly text: string
  /** What was not carried over, and what has to be filled in. */
  readonly notes: readonly string[]
}

const compressorKeys = ['epoch', 'strategies', 'checkpoint_path', 'init_model', 'eval_epoch']

/**
 * Turns a configuration of PaddleSlim 1.4 into a recipe: `docs/recipes.md` tells what becomes of which key.
 * @param path of the YAML file
 * @param names path of a YAML file of names: of variables there, in the ONNX model
 * @throws RecipeError `RECIPE_FILE`, `RECIPE_SYNTAX`, `RECIPE_INVALID`, `IMPORT_CONFIG`
 */
export async function importRecipe(
  path: string,
  { names, registry }: { readonly names?: string; readonly registry: StrategyRegistry },
): Promise<ImportedRecipe> {
  const configuration = await readConfiguration(path)
  const mapped = names === undefined ? new Map<string, string>() : new Map(Object.entries(await readNames(names)))
  const notes = new Set<string>()
  const unmapped = new Set<string>()
  const note = (message: string) => notes.add(message)
  for (const section of configuration.unknown) note(`${section} is no section of version 1.4.`)
  const nameOf = (variable: string) => {
    const name = mapped.get(variable)
    if (name === undefined) unmapped.add(variable)
    return name ?? variable
  }
  const { strategies: named = [] } = configuration.compressor
  const translation = { configuration, nameOf, mapped, note }
  const strategies = (named as readonly unknown[]).flatMap(
    name => translated(instanceNamed(configuration, name, 'compressor'), translation) ?? [],
  )

  const { epoch, init_model: initial, eval_epoch: every, checkpoint_path: checkpoints } = configuration.compressor
  for (const key of Object.keys(configuration.compressor))
    if (!compressorKeys.includes(key)) note(`compressor: ${key} is no key of version 1.4.`)
  if (initial !== undefined)
    note(`compressor: init_model ${JSON.stringify(initial)}: name the model to begin with, as ONNX, under model.`)
  if (checkpoints !== undefined) note('compressor: checkpoint_path: checkpoints lie in the folder of the run.')
  const stages = stagesOf(strategies, Number(epoch), note).map(stage =>
    typeof every === 'number' ? { ...stage, train: { ...stage.train, evaluateEvery: every } } : stage,
  )
  if (unmapped.size > 0)
    note(`Names of variables that are not mapped, and stand as they were: ${[...unmapped].join(', ')}.`)
  note('model, data and, where there is one, teacher are named in the original by its script: fill them in.')
  note('Optimizer, learning rate and batch size are too: each stage begins with the defaults of `train:`.')

  const needsTeacher = strategies.some(({ kind }) => kind === 'distil')
  const recipe: RecipeInput = {
    model: 'model.onnx',
    ...(needsTeacher && { teacher: 'teacher.onnx' }),
    data: {},
    stages,
  }
  checkRecipe(recipe, registry)
  const comments = [
    'Made of a configuration of PaddleSlim 1.4. To be looked at:',
    ...[...notes].map(text => `- ${text}`),
  ]
  const text = `${comments.map(line => `# ${line.replaceAll('\n', ' ')}\n`).join('')}${stringify(recipe)}`
  return { recipe, text, notes: [...notes] }
}

const readNames = (path: string) =>
  readYaml(path, {
    name: 'map of names',
    schema: z.record(z.string(), z.string()),
    hint: 'It has a line for each variable: its name in the configuration, a colon, its name in the ONNX model.',
  })
