import { z } from 'zod'
import { type Configuration, type Instance, instanceNamed, wrong } from './read-config.ts'

/** What is told while a configuration is translated. */
export interface Translation {
  readonly configuration: Configuration
  /** The name in the ONNX model of a variable of the configuration. */
  readonly nameOf: (variable: string) => string
  /** Variables of the user's map. */
  readonly mapped: ReadonlyMap<string, string>
  /** Says what was not carried over, or has to be looked at. */
  readonly note: (message: string) => void
}

/** A strategy of the configuration as Pare's, and when it is at work. */
export interface Translated {
  readonly kind: 'distil' | 'prune' | 'qat'
  /** First epoch, from 0. */
  readonly start: number
  /** Epoch before which it ends; undefined for pruning, which is done at once. */
  readonly end: number | undefined
  readonly rounds: number
  /** Entries of `use:`, with what else depends on the epochs of the stage left out. */
  readonly use: readonly Readonly<Record<string, Readonly<Record<string, unknown>>>>[]
}

const epochs = { start_epoch: z.int().nonnegative().default(0), end_epoch: z.int().nonnegative().default(0) }
const weight = z.number().positive().default(1)
const share = z.number().gt(0).lt(1)

/** @returns undefined for a class that has no counterpart, which is noted @throws RecipeError `IMPORT_CONFIG` */
export function translated(instance: Instance, translation: Translation): Translated | undefined {
  switch (instance.className) {
    case 'DistillationStrategy':
      return distillation(instance, translation)
    case 'UniformPruneStrategy':
    case 'SensitivePruneStrategy':
      return pruning(instance, translation)
    case 'QuantizationStrategy':
      return quantization(instance, translation)
    default:
      translation.note(`${instance.name}: there is no counterpart of the class ${instance.className}.`)
      return undefined
  }
}

/** Parses arguments; unknown ones, which the original drops in silence, are noted. */
function argumentsOf<Shape extends z.ZodRawShape>(
  { name, args }: Instance,
  shape: Shape,
  { note }: Translation,
): z.output<z.ZodObject<Shape>> {
  for (const key of Object.keys(args))
    if (!Object.hasOwn(shape, key)) note(`${name}: ${key} is no argument of its class.`)
  const parsed = z.object(shape).safeParse(args)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw wrong(`${name}: ${problems.join('; ')}`, 'Correct the arguments named.')
}

/** It ends before the epoch `end_epoch`. */
function distillation(instance: Instance, translation: Translation): Translated {
  const shape = { ...epochs, distillers: z.array(z.string()).default([]) }
  const { start_epoch: start, end_epoch: end, distillers } = argumentsOf(instance, shape, translation)
  const use = distillers.map(name =>
    distiller(instanceNamed(translation.configuration, name, instance.name), translation),
  )
  return { kind: 'distil', start, end, rounds: 1, use: use.filter(entry => entry !== undefined) }
}

function distiller(instance: Instance, translation: Translation): Translated['use'][number] | undefined {
  const { nameOf, note } = translation
  const maps = { student_feature_map: z.string(), teacher_feature_map: z.string(), distillation_loss_weight: weight }
  const pair = z.tuple([z.string(), z.string()])
  switch (instance.className) {
    case 'FSPDistiller': {
      const shape = { student_pairs: z.array(pair), teacher_pairs: z.array(pair), distillation_loss_weight: weight }
      const args = argumentsOf(instance, shape, translation)
      const pairs = args.student_pairs.map((student, index) => ({
        student: student.map(nameOf),
        teacher: (args.teacher_pairs[index] ?? []).map(nameOf),
      }))
      return { 'distill.fsp': { pairs, weight: args.distillation_loss_weight, adapter: false } }
    }
    case 'L2Distiller': {
      const args = argumentsOf(instance, maps, translation)
      const pairs = [{ student: nameOf(args.student_feature_map), teacher: nameOf(args.teacher_feature_map) }]
      return { 'distill.l2': { pairs, weight: args.distillation_loss_weight, adapter: false } }
    }
    case 'SoftLabelDistiller': {
      const temperature = z.number().positive().default(1)
      const shape = { ...maps, student_temperature: temperature, teacher_temperature: temperature }
      const args = argumentsOf(instance, shape, translation)
      return {
        'distill.soft-label': {
          student: nameOf(args.student_feature_map),
          teacher: nameOf(args.teacher_feature_map),
          temperature: args.student_temperature,
          teacherTemperature: args.teacher_temperature,
          scaled: false,
          weight: args.distillation_loss_weight,
        },
      }
    }
    default:
      note(`${instance.name}: there is no counterpart of the class ${instance.className}.`)
      return undefined
  }
}

const everyParameter = 'conv.*_weights'

/** Done at `start_epoch`; `end_epoch` is ignored there too. */
function pruning(instance: Instance, translation: Translation): Translated {
  const { note } = translation
  const isSensitive = instance.className === 'SensitivePruneStrategy'
  const shape = {
    ...epochs,
    pruner: z.string().optional(),
    target_ratio: share.default(0.5),
    metric_name: z.string().optional(),
    pruned_params: z.string().default(everyParameter),
  }
  const sensitive = {
    delta_rate: share.default(0.2),
    sensitivities_file: z.string().default('./sensitivities.data'),
    sensitivities: z.record(z.string(), z.unknown()).default({}),
    num_steps: z.int().positive().default(1),
    eval_rate: share.optional(),
  }
  const args = argumentsOf(instance, isSensitive ? { ...shape, ...sensitive } : shape, translation)
  if (args.pruner !== undefined)
    checkPruner(instanceNamed(translation.configuration, args.pruner, instance.name), translation)
  const common = {
    target: { 'flops-v1.4': rounded(1 - args.target_ratio) },
    importance: 'l1-norm',
    multiple: 1,
    ...includedBy(instance.name, args.pruned_params, translation),
  }
  const done = { kind: 'prune', start: args.start_epoch, end: undefined } as const
  if (!isSensitive) {
    if (args.metric_name !== undefined)
      note(`${instance.name}: metric_name is not needed: no metric has a part in choosing one ratio for all layers.`)
    return { ...done, rounds: 1, use: [{ 'prune.uniform': common }] }
  }
  const own = argumentsOf(instance, { ...shape, ...sensitive }, { ...translation, note: () => undefined })
  if (own.eval_rate !== undefined)
    note(`${instance.name}: eval_rate is a share of the evaluation data; say under samples how many that are.`)
  if (Object.keys(own.sensitivities).length > 0)
    note(`${instance.name}: sensitivities that stand in the configuration are measured again.`)
  note(
    `${instance.name}: ${own.sensitivities_file} is a Python pickle, which is not read: sensitivities are measured again.`,
  )
  const ratios = Array.from({ length: 100 }, (_, step) => rounded((step + 1) * own.delta_rate)).filter(
    ratio => ratio < 1,
  )
  return {
    ...done,
    rounds: own.num_steps,
    use: [
      {
        'prune.sensitivity': {
          ...common,
          metric: metricOf(args.metric_name ?? 'top1_acc'),
          ratios,
          file: `${own.sensitivities_file.replace(/^(\.\/)+/, '').replace(/\.[^./]*$/, '')}.json`,
          fit: 'cubic',
          allocate: 'equal-loss',
        },
      },
    ],
  }
}

/** As the original rounds ratios: its steps add up to no more digits. */
const rounded = (value: number) => Math.round(value * 1e4) / 1e4

/** `top1_acc`, `acc_top5`: the names that fetched metrics have in the original's scripts. */
function metricOf(name: string): string {
  const [, count] = /top_?(\d+)/.exec(name) ?? []
  return count === undefined ? name : `top${count}`
}

function checkPruner(pruner: Instance, translation: Translation): void {
  const anything = z.record(z.string(), z.unknown()).default({})
  const { pruning_axis: axes, criterions } = argumentsOf(
    pruner,
    { pruning_axis: anything, criterions: anything },
    translation,
  )
  for (const [parameter, axis] of Object.entries(axes))
    if (axis !== 0)
      translation.note(`${pruner.name}: pruning_axis ${axis} of ${parameter}: only output channels are pruned.`)
  for (const [parameter, criterion] of Object.entries(criterions))
    if (criterion !== 'l1_norm')
      translation.note(`${pruner.name}: the criterion ${criterion} of ${parameter} is taken as l1_norm.`)
}

/** The layers that the regular expression, anchored at the start, means by the names of their weights. */
function includedBy(
  strategy: string,
  pattern: string,
  { mapped, note }: Translation,
): { readonly include?: readonly string[] } {
  const expression = new RegExp(`^(?:${pattern})`)
  const include = [...mapped].flatMap(([variable, name]) => (expression.test(variable) ? [name] : []))
  if (include.length > 0) return { include }
  if (pattern !== everyParameter)
    note(
      `${strategy}: pruned_params: ${pattern} is not carried over, so that all layers are pruned: it is said of names of parameters. Map those to layers of the model (--names), or write include.`,
    )
  return {}
}

const activationScales = {
  abs_max: 'abs-max',
  moving_average_abs_max: 'moving-average',
  range_abs_max: 'range',
} as const

/** It exports after the epoch `end_epoch`. */
function quantization(instance: Instance, translation: Translation): Translated {
  const bits = z.int().min(2).max(8).default(8)
  const path = z.string().optional()
  const shape = {
    ...epochs,
    weight_bits: bits,
    activation_bits: bits,
    weight_quantize_type: z.enum(['abs_max', 'channel_wise_abs_max']).default('abs_max'),
    activation_quantize_type: z.enum(['abs_max', 'moving_average_abs_max', 'range_abs_max']).default('abs_max'),
    float_model_save_path: path,
    int8_model_save_path: path,
    mobile_model_save_path: path,
    save_in_nodes: z.array(z.string()).optional(),
    save_out_nodes: z.array(z.string()).optional(),
  }
  const args = argumentsOf(instance, shape, translation)
  const saved = [
    'float_model_save_path',
    'int8_model_save_path',
    'mobile_model_save_path',
    'save_in_nodes',
    'save_out_nodes',
  ].filter(key => Object.hasOwn(instance.args, key))
  if (saved.length > 0)
    translation.note(
      `${instance.name}: ${saved.join(', ')}: the result is one ONNX model with int8 weights, in the folder of the run.`,
    )
  const use = {
    'quant.qat': {
      weightBits: args.weight_bits,
      activationBits: args.activation_bits,
      perChannel: args.weight_quantize_type === 'channel_wise_abs_max',
      weightScale: 'abs-max',
      activationScale: activationScales[args.activation_quantize_type],
      symmetric: true,
    },
  }
  return { kind: 'qat', start: args.start_epoch, end: args.end_epoch + 1, rounds: 1, use: [use] }
}
