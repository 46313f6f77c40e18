import { existsSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { createModel } from '@pare/models'
import { writeModel } from '@pare/runtime'
import { beforeAll, expect, test } from 'vitest'
import { playground, run } from './testing/playground.ts'

playground({ samples: 40 })

beforeAll(() =>
  writeModel('teacher.onnx', createModel('resnet', { depth: 14, width: 0.5, input: [1, 16, 16], classes: 4 })),
)

const data = `
data:
  preprocess: { colour: grey }
  train: { kind: idx, images: images, labels: labels }
  validation: { kind: idx, images: images, labels: labels }
`
const stage = (use: string, train = '{ epochs: 1, batchSize: 8 }') =>
  `model: model.onnx\nteacher: teacher.onnx\n${data}\nstages: [{ name: one, use: [${use}], train: ${train} }]\nruntime: { threads: 1 }\n`
const pairOf = (student: string, teacher: string) =>
  `{ distill.l2: { pairs: [{ student: '${student}', teacher: '${teacher}' }] } }`

const badRecipes: Record<string, { recipe: string; says: readonly (string | RegExp)[] }> = {
  'a tensor that the student does not have, with those that are nearest': {
    recipe: stage(pairOf('stage2/block1/Rleu:0', 'stage2/block2/Relu:0')),
    says: ['RECIPE_PAIR', 'no float tensor stage2/block1/Rleu:0', /nearest are stage\d\/block1\/Relu:0/],
  },
  'a tensor that the teacher does not have': {
    recipe: stage(pairOf('stage2/block1/Relu:0', 'stage2/block9/Relu:0')),
    says: ['RECIPE_PAIR', /The teacher .* has no float tensor stage2\/block9\/Relu:0/, 'stage2/block2/Relu:0'],
  },
  'a feature map against a vector': {
    recipe: stage(pairOf('stage2/block1/Relu:0', 'logits')),
    says: [
      'RECIPE_PAIR',
      /stage2\/block1\/Relu:0 \[16,8,8\] is a feature map and .*logits \[4\] a vector/,
      'Pair feature maps with feature maps',
    ],
  },
  'other channels without an adapter': {
    recipe: stage(
      `{ distill.l2: { pairs: [{ student: 'stage2/block1/Relu:0', teacher: 'stage1/block2/Relu:0' }], adapter: false } }`,
    ),
    says: ['RECIPE_PAIR', 'has 16 channels and', 'adapter: auto'],
  },
  'patterns that do not go together': {
    recipe: stage(pairOf('stage*/block1/Relu:0', 'stage*/block*/Relu:0')),
    says: ['RECIPE_PAIR', 'do not have the same number of *'],
  },
  'a target that cannot be reached, with the least that can': {
    recipe: stage('{ prune.uniform: { target: { macs: 0.05 }, maxRatio: 0.5 } }'),
    says: ['RECIPE_PRUNE_TARGET', /5\.00 % of the multiply-adds cannot be reached: \d+\.\d\d % is the least/],
  },
  'a layer that cannot be pruned': {
    recipe: stage('{ prune.uniform: { target: { macs: 0.5 }, include: [classifier/Gemm] } }'),
    says: ['RECIPE_PRUNE_NOTHING', 'classifier/Gemm', 'they are the output logits of the model'],
  },
  'a layer to be pruned that there is not': {
    recipe: stage('{ prune.global: { target: { macs: 0.5 }, include: [stage4/*] } }'),
    says: ['RECIPE_NO_MATCH', 'stage4/*'],
  },
}

test.each(Object.entries(badRecipes))('%s ends in a clear error, and no model', async (name, { recipe, says }) => {
  await writeFile('bad.yaml', recipe)
  const output = `run ${Object.keys(badRecipes).indexOf(name)}`
  const { code, err } = await run('run', 'bad.yaml', '--output', output)
  expect(code).toBe(2)
  for (const words of says) expect(err).toMatch(words)
  expect(err).not.toContain('    at ')
  expect(existsSync(`${output}/model.onnx`)).toBe(false)
})

test('a teacher of other classes is refused by a recipe, with what it can still teach', async () => {
  await writeModel('three.onnx', createModel('resnet', { depth: 8, width: 0.5, input: [1, 16, 16], classes: 3 }))
  await writeFile('classes.yaml', stage('distill.soft-label').replace('teacher.onnx', 'three.onnx'))
  const { code, err } = await run('run', 'classes.yaml', '--output', 'classes')
  expect(code).toBe(2)
  expect(err).toContain('The teacher tells 3 classes apart and the student 4')
  expect(err).toContain('distill.l2')
})

test('a loss that is lost names the tensor; the last good state is kept', async () => {
  const train = '{ epochs: 1, batchSize: 8, optimizer: { learningRate: 1e+12 }, checkpointEvery: { steps: 1 } }'
  await writeFile('lost.yaml', stage('quant.qat', train))
  const { code, err } = await run('run', 'lost.yaml', '--output', 'lost')
  expect(code).toBe(3)
  const [, kept] =
    /RUN_DIVERGED: .* first to be none was the weight \S+\.\n.*The last good state is (\S+) in /.exec(err) ?? []
  expect(await readdir('lost/steps/1-one.checkpoints')).toEqual([kept])
})
