import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parseRecipe } from '../read-recipe.ts'
import { strategyRegistry } from '../strategies.ts'
import { importRecipe } from './import-recipe.ts'

const registry = strategyRegistry()
const folder = await mkdtemp(join(tmpdir(), 'pare-import-'))
afterAll(() => rm(folder, { recursive: true }))

/** The declarations of the recipes that the original published; a configuration adds its compressor. */
const declarations = `
version: 1.0
pruners: {p: {class: StructurePruner, pruning_axis: {'*': 0}, criterions: {'*': l1_norm}}}
distillers:
  f: {class: FSPDistiller, teacher_pairs: [[tA, tB]], student_pairs: [[sA, sB]], distillation_loss_weight: 1}
  l: {class: L2Distiller, teacher_feature_map: tFc, student_feature_map: sFc}
strategies:
  dist: {class: DistillationStrategy, distillers: [f, l], start_epoch: 0, end_epoch: 130}
  uni: {class: UniformPruneStrategy, pruner: p, start_epoch: 0, target_ratio: 0.5, pruned_params: '.*_sep_weights', metric_name: acc_top1}
  sen: {class: SensitivePruneStrategy, pruner: p, start_epoch: 0, delta_rate: 0.1, target_ratio: 0.5, num_steps: 1, pruned_params: '.*_sep_weights', sensitivities_file: s.data, metric_name: acc_top1}
  q: {class: QuantizationStrategy, start_epoch: 0, end_epoch: 20, float_model_save_path: o/float, int8_model_save_path: o/int8, mobile_model_save_path: o/mobile}
`

const names = `
sA: block1/Relu:0
sB: block2/Relu:0
tA: stage1/Relu:0
tB: stage2/Relu:0
sFc: logits
tFc: fc
conv2_1_sep_weights: block1/pointwise
conv2_2_sep_weights: block2/pointwise
conv1_weights: stem
`

async function imported(config: string, map?: string) {
  await writeFile(join(folder, 'config.yaml'), config)
  if (map !== undefined) await writeFile(join(folder, 'names.yaml'), map)
  const result = await importRecipe(join(folder, 'config.yaml'), {
    registry,
    ...(map !== undefined && { names: join(folder, 'names.yaml') }),
  })
  // What is written is what was made, and is valid.
  parseRecipe(result.text, 'recipe.yaml', registry)
  return result
}

const flows = { student: ['block1/Relu:0', 'block2/Relu:0'], teacher: ['stage1/Relu:0', 'stage2/Relu:0'] }
const distillation = [
  { 'distill.fsp': { pairs: [flows], weight: 1, adapter: false } },
  { 'distill.l2': { pairs: [{ student: 'logits', teacher: 'fc' }], weight: 1, adapter: false } },
]
const cut = {
  target: { 'flops-v1.4': 0.5 },
  importance: 'l1-norm',
  multiple: 1,
  include: ['block1/pointwise', 'block2/pointwise'],
}
const rounding = {
  'quant.qat': {
    weightBits: 8,
    activationBits: 8,
    perChannel: false,
    weightScale: 'abs-max',
    activationScale: 'abs-max',
    symmetric: true,
  },
}

describe('the six recipes that the original published', () => {
  test('1, distillation: it ends before its last epoch', async () => {
    const { recipe } = await imported(`${declarations}compressor: {epoch: 130, strategies: [dist]}`, names)
    expect(recipe).toEqual({
      model: 'model.onnx',
      teacher: 'teacher.onnx',
      data: {},
      stages: [{ name: 'distil', use: distillation, train: { epochs: 130 } }],
    })
  })

  test('2, uniform pruning at once, then training', async () => {
    const { recipe, notes } = await imported(`${declarations}compressor: {epoch: 200, strategies: [uni]}`, names)
    expect(recipe.stages).toEqual([{ name: 'prune', use: [{ 'prune.uniform': cut }], train: { epochs: 200 } }])
    expect(notes.join('\n')).toContain('uni: metric_name is not needed')
  })

  test('3, pruning by sensitivity, its curves and ratios as there', async () => {
    const { recipe, notes } = await imported(`${declarations}compressor: {epoch: 200, strategies: [sen]}`, names)
    const sensitivity = {
      ...cut,
      metric: 'top1',
      ratios: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
      file: 's.json',
      fit: 'cubic',
      allocate: 'equal-loss',
    }
    expect(recipe.stages).toEqual([
      { name: 'prune', use: [{ 'prune.sensitivity': sensitivity }], train: { epochs: 200 } },
    ])
    expect(notes.join('\n')).toContain('s.data is a Python pickle')
  })

  test('4, training with rounding, exported after its last epoch', async () => {
    const { recipe, notes } = await imported(`${declarations}compressor: {epoch: 21, strategies: [q]}`)
    expect(recipe.stages).toEqual([{ name: 'qat', use: [rounding], train: { epochs: 21 } }])
    expect(notes.join('\n')).toContain(
      'q: float_model_save_path, int8_model_save_path, mobile_model_save_path: the result',
    )
  })

  const later = declarations
    .replace('end_epoch: 130', 'end_epoch: 120')
    .replace('start_epoch: 0, end_epoch: 20', 'start_epoch: 121, end_epoch: 141')

  test('5a, distillation, then rounding: between them one epoch of neither', async () => {
    const { recipe } = await imported(`${later}compressor: {epoch: 142, strategies: [dist, q]}`, names)
    expect(recipe.stages).toEqual([
      {
        name: 'distil',
        use: distillation.map(entry =>
          Object.fromEntries(Object.entries(entry).map(([id, options]) => [id, { ...options, epochs: { to: 120 } }])),
        ),
        train: { epochs: 121 },
      },
      { name: 'qat', use: [rounding], train: { epochs: 21 } },
    ])
  })

  test('5b, pruning, then rounding', async () => {
    const { recipe } = await imported(`${later}compressor: {epoch: 142, strategies: [uni, q]}`, names)
    expect(recipe.stages).toEqual([
      { name: 'prune', use: [{ 'prune.uniform': cut }], train: { epochs: 121 } },
      { name: 'qat', use: [rounding], train: { epochs: 21 } },
    ])
  })
})

test('defaults are those of the original; what is not mapped keeps its name and is said', async () => {
  const { recipe, notes } = await imported(`
distillers: { soft: { class: SoftLabelDistiller, student_feature_map: sFc, teacher_feature_map: tFc } }
strategies:
  d: { class: DistillationStrategy, distillers: [soft], end_epoch: 5 }
  s: { class: SensitivePruneStrategy, pruner: none, num_steps: 3, start_epoch: 5, pruned_params: 'fc.*' }
  q: { class: QuantizationStrategy, weight_quantize_type: channel_wise_abs_max, activation_quantize_type: moving_average_abs_max, start_epoch: 11, end_epoch: 12 }
compress_pass: { epoch: 11, strategies: [d, s, q], eval_epoch: 2, checkpoint_path: c, init_model: ./pretrained }
`)
  expect(recipe.stages).toMatchObject([
    {
      name: 'distil',
      use: [
        {
          'distill.soft-label': {
            student: 'sFc',
            teacher: 'tFc',
            temperature: 1,
            teacherTemperature: 1,
            scaled: false,
            weight: 1,
          },
        },
      ],
      train: { epochs: 5, evaluateEvery: 2 },
    },
    {
      name: 'prune',
      use: [{ 'prune.sensitivity': { ratios: [0.2, 0.4, 0.6, 0.8], metric: 'top1', file: 'sensitivities.json' } }],
      train: { epochs: 2 },
      rounds: 3,
    },
    {
      name: 'qat',
      use: [{ 'quant.qat': { perChannel: true, activationScale: 'moving-average' } }],
      train: { epochs: 2 },
    },
  ])
  for (const message of [
    'Names of variables that are not mapped, and stand as they were: sFc, tFc.',
    's: pruned_params: fc.* is not carried over',
    'init_model "./pretrained"',
    'checkpoints lie in the folder of the run',
    'epoch 11 ends before the last strategy does: the stages take 13 epochs',
    'num_steps: the original prunes again',
  ])
    expect(notes.join('\n')).toContain(message)
})

test('included files are read first; anchors are followed; what is unknown is said', async () => {
  await writeFile(
    join(folder, 'more.yaml'),
    'distillers: { l: { class: L2Distiller, student_feature_map: a, teacher_feature_map: b } }',
  )
  const { recipe, notes } = await imported(`
include: [more.yaml]
strategies:
  d: &d { class: DistillationStrategy, distillers: [l], end_epoch: 2, typo: 1 }
  same: *d
  n: { class: LightNASStrategy }
controllers: { c: { class: SAController } }
compressor: { epoch: 2, strategies: [d, same, n], place: gpu }
`)
  expect(recipe.stages[0]?.use).toHaveLength(2)
  for (const message of [
    'd: typo is no argument',
    'n: there is no counterpart of the class LightNASStrategy',
    'controllers is no section',
    'compressor: place is no key',
  ])
    expect(notes.join('\n')).toContain(message)
})

test.each([
  ['no compressor', 'strategies: {}', 'config.yaml has no section compressor'],
  [
    'an entry that is not declared',
    'compressor: { epoch: 1, strategies: [x] }',
    'compressor names "x", which is declared nowhere',
  ],
  [
    'an argument out of its range',
    'strategies: { q: { class: QuantizationStrategy, weight_bits: 16 } }\ncompressor: { epoch: 1, strategies: [q] }',
    'q: weight_bits: ',
  ],
  [
    'an entry without a class',
    'strategies: { q: { weight_bits: 8 } }\ncompressor: { epoch: 1 }',
    'config.yaml:1:18: strategies.q.class: missing',
  ],
  ['a file that includes itself', 'include: config.yaml\ncompressor: { epoch: 1 }', 'includes itself'],
])('%s is an error', async (_, config, message) => {
  await expect(imported(config)).rejects.toThrow(message)
})
