import { readFile, writeFile } from 'node:fs/promises'
import { cost, createBuilder } from '@pare/core-graph'
import { createModel } from '@pare/models'
import { readModel, writeModel } from '@pare/runtime'
import { beforeAll, expect, test } from 'vitest'
import { playground, run } from './testing/playground.ts'

playground({ samples: 64 })

const images = ['--data', 'images', '--preprocess', 'preprocess.yaml']
const labelled = [...images, '--labels', 'labels']
const short = ['--epochs', '1', '--batch-size', '16', '--hold-out', '0.25']

beforeAll(() =>
  writeModel('teacher.onnx', createModel('resnet', { depth: 8, width: 1, input: [1, 16, 16], classes: 4, seed: 2 })),
)

test('pare prune meets its target, and trains what is left', async () => {
  const { code, err } = await run('prune', 'model.onnx', ...labelled, '--target-macs', '0.5', ...short)
  expect(err).not.toContain('Error')
  expect(code).toBe(0)
  const [before, after] = [await readModel('model.onnx'), await readModel('model.pruned.onnx')]
  const share = cost(after).total.macs / cost(before).total.macs
  expect(share).toBeGreaterThan(0.45)
  expect(share).toBeLessThan(0.51)
  expect(await readFile('runs/prune-model/1/recipe.yaml', 'utf8')).toContain('prune.uniform')
})

test('pare prune without training leaves the weights as they are; without a target it says which there are', async () => {
  const flags = ['--method', 'global', '--importance', 'l2-norm', '--exclude', 'stem*', '-o', 'cut.onnx', '--json']
  const { code, out } = await run('prune', 'model.onnx', ...labelled, '--target-parameters', '0.6', ...flags)
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({
    output: expect.stringMatching(/cut\.onnx$/),
    stages: [{ name: 'prune', details: [{ part: 'prune.global' }] }],
  })
  expect((await run('prune', 'model.onnx', ...labelled)).err).toContain('RECIPE_FLAG: There is no target.')
})

test('pare distill teaches a student, with labels or without', async () => {
  const flags = ['--teacher', 'teacher.onnx', ...short, '--json']
  for (const data of [labelled, images]) {
    const { code, out, err } = await run('distill', 'model.onnx', ...data, ...flags)
    expect(err).not.toContain('Error')
    expect(code).toBe(0)
    const [stage] = JSON.parse(out).stages
    expect(stage.details.map(({ part }: { part: string }) => part)).toEqual(['distill.soft-label', 'train'])
    const { terms, metrics } = stage.details[1].details.best
    expect(Object.keys(terms)).toContain('soft-label')
    expect(Object.keys(metrics)).toContain(data === labelled ? 'top1' : 'agreement')
  }
})

test('pare qat gives a model in int8; without labels it learns from itself', async () => {
  const { code, out } = await run('qat', 'model.onnx', ...images, ...short, '--json')
  expect(code).toBe(0)
  const { stages, output } = JSON.parse(out)
  expect(stages[0].details.map(({ part }: { part: string }) => part)).toEqual([
    'quant.qat',
    'distill.soft-label',
    'train',
  ])
  expect((await readModel(output)).nodes.some(({ op }) => op === 'DequantizeLinear')).toBe(true)
})

test('pare inspect tells what can be pruned, and which tensors of two models go together', async () => {
  const prunable = await run('inspect', '--prune', 'model.onnx')
  expect(prunable.out).toMatch(/^\d+ groups of \d+ channels in all can be cut/)
  const { groups, kept } = JSON.parse((await run('inspect', '--prune', 'model.onnx', '--json')).out)
  expect(groups.length).toBeGreaterThan(0)
  expect(kept).toContainEqual(expect.objectContaining({ node: expect.stringContaining('classifier') }))
  const pairs = await run('inspect', '--pairs', 'teacher.onnx', 'model.onnx')
  expect(pairs.out).toContain('distill.soft-label')
})

test('pare sensitivity merge joins files of one model, and refuses others', async () => {
  const part = (model: string, group: string) =>
    JSON.stringify({
      ...{ format: 'pare-sensitivities', version: 1, model, metric: 'top1', samples: 8, importance: 'l1-norm' },
      ...{ baseline: 0.5, groups: { [group]: { channels: 4, ratios: [0.5], values: [0.25] } } },
    })
  await writeFile('a.json', part('m', 'first'))
  await writeFile('b.json', part('m', 'second'))
  await writeFile('c.json', part('other', 'second'))
  const { code, out } = await run('sensitivity', 'merge', 'a.json', 'b.json', '-o', 'both.json')
  expect(code).toBe(0)
  expect(out).toContain('2 points of 2 groups, top1 on 8 samples')
  expect(Object.keys(JSON.parse(await readFile('both.json', 'utf8')).groups)).toEqual(['first', 'second'])
  expect((await run('sensitivity', 'merge', 'a.json', 'c.json', '-o', 'no.json')).err).toContain('of another model')
  expect((await run('sensitivity', 'merge', 'none.json', '-o', 'no.json')).err).toContain('none.json cannot be read')
})

test('pare recipe import writes a recipe, and says what has to be looked at', async () => {
  await writeFile(
    'old.yaml',
    'strategies: { q: { class: QuantizationStrategy, end_epoch: 2 } }\ncompressor: { epoch: 3, strategies: [q] }\n',
  )
  const { code, out, err } = await run('recipe', 'import', 'old.yaml', '-o', 'new.yaml')
  expect(code).toBe(0)
  expect(out).toContain('new.yaml has one stage')
  expect(err).toContain('Optimizer, learning rate and batch size')
  expect(await readFile('new.yaml', 'utf8')).toMatch(/^# Made of a configuration[\s\S]*quant\.qat/)
  expect((await run('recipe', 'import', 'old.yaml')).out).toBe(await readFile('new.yaml', 'utf8'))
})

test('plugins are loaded with permission only', async () => {
  await writeFile(
    'plugin.mjs',
    `export const same = { id: 'my.same', description: 'Does nothing', needs: [], options: { safeParse: data => ({ success: true, data }) }, prepare: async graph => ({ graph }) }\n`,
  )
  await writeFile(
    'own.yaml',
    'model: model.onnx\nplugins: [./plugin.mjs]\ndata: {}\nstages: [{ name: own, use: [my.same] }]\n',
  )
  for (const command of [['run'], ['recipe', 'check']]) {
    const refused = await run(...command, 'own.yaml')
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('RECIPE_PLUGIN: The recipe names plugins') })
    expect(refused.err).toContain('--allow-plugins')
    expect(await run(...command, 'own.yaml', '--allow-plugins')).toMatchObject({ code: 0 })
  }
})

test('a teacher of other classes is refused', async () => {
  const b = createBuilder('teacher')
  const x = b.input('input', 'float32', ['N', 1, 16, 16])
  const weight = b.constant('float32', [256, 3], new Float32Array(768).fill(0.01))
  b.output(b.named(b.MatMul(b.Flatten(x), weight), 'logits'))
  await writeModel('three.onnx', b.build())
  const { code, err } = await run('distill', 'model.onnx', ...labelled, '--teacher', 'three.onnx', ...short)
  expect(code).toBe(2)
  expect(err).toContain('3 classes')
})
