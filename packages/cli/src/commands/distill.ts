import { resolve } from 'node:path'
import { type RecipeInput, readPreprocess } from '@pare/recipe'
import { readModel } from '@pare/runtime'
import type { Command } from 'commander'
import { numberArgument } from '../arguments.ts'
import {
  isLabelled,
  type ModelRunFlags,
  runModelRecipe,
  trainingData,
  trainOptionsOf,
  withModelRunOptions,
  withoutLabels,
  withTrainingOptions,
} from '../model-run.ts'
import type { CommandContext } from '../terminal.ts'

interface Options extends ModelRunFlags {
  readonly teacher: string
  readonly teacherPreprocess?: string
  readonly temperature: number
  readonly weight: number
}

/** `pare distill student.onnx --teacher teacher.onnx --data images/ --epochs 10`: a recipe of one stage. */
export function defineDistill(command: Command, context: CommandContext): void {
  withTrainingOptions(
    withModelRunOptions(command.argument('<student>', 'an ONNX model that is to learn'), 'distilled')
      .requiredOption('--teacher <model>', 'an ONNX model of the same classes to learn from')
      .option(
        '--teacher-preprocess <file>',
        "the teacher's own preprocessing, where it is not the student's (YAML or JSON)",
      )
      .option('--temperature <number>', 'logits are divided by it: the higher, the softer', numberArgument, 4)
      .option('--weight <number>', 'factor of what is learned from the teacher, beside the labels', numberArgument, 1),
    '10',
  )
    .addHelpText(
      'after',
      '\nWithout labels the teacher is all that the student learns from. Other comparisons need a recipe: pare inspect --pairs proposes tensors.\n\nExample:\n  pare distill student.onnx --teacher teacher.onnx --data photos/ --preprocess imagenet.yaml --epochs 20',
    )
    .action(async (student: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const { teacher, teacherPreprocess, temperature, weight } = options
      const graph = await readModel(student)
      const data = await trainingData(options, graph, context)
      const labelled = await isLabelled(data, graph)
      const preprocess = teacherPreprocess === undefined ? undefined : await readPreprocess(teacherPreprocess)
      const recipe: RecipeInput = {
        model: resolve(student),
        teacher: preprocess ? { model: resolve(teacher), preprocess } : resolve(teacher),
        data: data.data,
        stages: [
          {
            name: 'distill',
            use: [{ 'distill.soft-label': { temperature, weight } }],
            train: {
              ...trainOptionsOf(options),
              ...(!labelled && withoutLabels),
            },
          },
        ],
      }
      await runModelRecipe(
        { kind: 'distill', model: student, recipe, baseDirectory: data.baseDirectory },
        options,
        context,
      )
    })
}
