import { targets } from '@pare/core-graph'
import { augmentSchema, dataDeclarationSchema, preprocessSchema } from '@pare/data'
import { evaluateOptions } from '@pare/evaluate'
import { models } from '@pare/models'
import { executorOptions } from '@pare/runtime'
import { trainOptions } from '@pare/train'
import { z } from 'zod'
import { acceptSchema } from './accept.ts'
import type { StrategyRegistry } from './strategies.ts'
import { teacherSchema } from './teacher.ts'
import { useEntrySchema } from './use-entry.ts'

/** `{ create: mobilenet-v1, width: 0.5, … }`: the architecture's own options; its weights are drawn by the recipe's seed. */
const createdModel = z.discriminatedUnion('create', [
  z.strictObject({ create: z.literal('mobilenet-v1'), ...models['mobilenet-v1'].options.omit({ seed: true }).shape }),
  z.strictObject({ create: z.literal('mobilenet-v2'), ...models['mobilenet-v2'].options.omit({ seed: true }).shape }),
  z.strictObject({ create: z.literal('resnet'), ...models.resnet.options.omit({ seed: true }).shape }),
])

/** A file whose last layer is drawn anew for the user's own classes. */
const modelWithClasses = z.strictObject({
  path: z.string().min(1).describe('Path of an ONNX file, relative to the recipe.'),
  classes: z
    .int()
    .min(2)
    .describe('Classes of your own data: the last layer is replaced by one of so many outputs, drawn by the seed.'),
})

/** The data of a recipe. Paths are relative to the recipe's file. */
const dataSchema = z
  .strictObject({
    preprocess: preprocessSchema
      .prefault({})
      .describe(
        'How an image becomes the model input; one declaration for calibration, training and evaluation. Tensors are fed as they are.',
      ),
    augment: augmentSchema.optional().describe('Random changes of training samples.'),
    train: dataDeclarationSchema.optional().describe('Samples to train on. Needed by a stage that trains.'),
    validation: dataDeclarationSchema.optional().describe('Samples to measure on, with or without labels.'),
    calibration: dataDeclarationSchema
      .optional()
      .describe('Samples for statistics. Default: `train`, else `validation` (which is said).'),
  })
  .refine(({ augment, train }) => !(augment && train?.kind === 'tensors'), {
    path: ['augment'],
    message: 'tensors are not changed at random as images are: leave it out',
  })

const targetSchema = z.enum(Object.keys(targets) as [keyof typeof targets, ...(keyof typeof targets)[]]).describe(
  `The runtime that the model is made for: strategies make what it takes, the result is checked against it, and latency is measured on it where it runs here. ${Object.values(
    targets,
  )
    .map(({ id, description }) => `${id}: ${description}`)
    .join(' ')}`,
)

const stageSchema = (registry: StrategyRegistry) =>
  z
    .strictObject({
      name: z
        .string()
        .regex(/^[a-z0-9][a-z0-9-]*$/, 'lower-case letters, digits and dashes, such as int8')
        .describe('Names the stage in the log and its files.'),
      use: z.array(useEntrySchema(registry)).default([]).describe('Strategies, applied in this order.'),
      train: trainOptions.optional().describe('Trains the model in this stage.'),
      rounds: z
        .int()
        .min(1)
        .max(100)
        .default(1)
        .describe(
          'How often the stage is gone through, strategies and training: a strategy with a target then goes towards it by equal shares, such as pruning a little and training again.',
        ),
    })
    .refine(stage => stage.use.length > 0 || stage.train !== undefined, { message: 'a stage needs `use:` or `train:`' })

/** A recipe: what to compress, with which data, by which stages, and when the result is good enough. */
export const recipeSchema = (registry: StrategyRegistry) =>
  z.strictObject({
    model: z
      .union([z.string().min(1), modelWithClasses, createdModel], {
        error: 'a path to an ONNX file, { path, classes }, or { create: mobilenet-v1, … }',
      })
      .describe(
        'The model to compress: a path to an ONNX file, relative to the recipe; the same with a new last layer for classes of your own; or an architecture to create.',
      ),
    target: targetSchema.optional(),
    teacher: teacherSchema
      .optional()
      .describe(
        'The model that strategies of distillation learn from: a path to an ONNX file, the same with a preprocessing of its own, or `float`, the model that the run begins with (self-distillation). Its inputs are those of the student.',
      ),
    plugins: z
      .array(z.string().min(1))
      .default([])
      .describe(
        'ES modules that export further strategies: packages by name, or paths. They are code, and are loaded only where the user allows it (`--allow-plugins`).',
      ),
    data: dataSchema.describe(
      'Samples, and how they become the input of the model. Paths start at the folder of the recipe.',
    ),
    stages: z
      .array(stageSchema(registry))
      .min(1, 'a recipe needs at least one stage')
      .refine(stages => new Set(stages.map(stage => stage.name)).size === stages.length, {
        message: 'two stages have the same name',
      })
      .describe('What is done to the model, one after another.'),
    accept: acceptSchema.prefault({}).describe('Bounds that the result must keep; without any it is always accepted.'),
    evaluate: evaluateOptions
      .extend({
        fidelitySamples: z
          .int()
          .positive()
          .default(512)
          .describe('Samples on which the result is compared with the float model, layer by layer.'),
      })
      .prefault({})
      .describe('How a model is measured.'),
    runtime: executorOptions.prefault({}).describe('How onnxruntime runs the models.'),
    seed: z
      .int()
      .nonnegative()
      .default(0)
      .describe('Fixes every random choice: the same recipe, files and seed give the same models.'),
  })

export type Recipe = z.output<ReturnType<typeof recipeSchema>>
/** As a user writes it: what has a default may be left out. */
export type RecipeInput = z.input<ReturnType<typeof recipeSchema>>
export type Stage = Recipe['stages'][number]
