import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createBuilder } from '@pare/core-graph'
import { readModel, writeModel } from '@pare/runtime'
import { expect, test } from 'vitest'
import { playground, run } from './testing/playground.ts'

playground({ samples: 40 })

const recipe = (more = '') => `
model: model.onnx
data:
  preprocess: { colour: grey }
  validation: { kind: idx, images: images, labels: labels }
stages: [{ name: int8, use: [quant.static] }]
${more}`

test('a model is created, inspected, quantized and evaluated', async () => {
  const args = ['--depth', '8', '--width', '0.5', '--input', '1x16x16', '--classes', '4', '-o', 'created.onnx']
  expect(await run('create', 'resnet', ...args)).toMatchObject({ code: 0, err: '' })

  const { out } = await run('inspect', 'created.onnx')
  expect(out).toMatch(/input {3}input float32 \[N, 1, 16, 16\]/)
  expect(out).toMatch(/stem\/BatchNormalization +BatchNormalization .* folded/)

  const quantized = await run('quantize', 'created.onnx', '--data', 'images', '--preprocess', 'preprocess.yaml')
  expect(quantized).toMatchObject({ code: 0 })
  expect(quantized.out).toMatch(/size .* −\d\d\.\d %/)
  expect((await readModel('created.int8.onnx')).nodes.some(node => node.op === 'QuantizeLinear')).toBe(true)

  const data = ['--data', 'images', '--labels', 'labels', '--preprocess', 'preprocess.yaml']
  const evaluated = await run('evaluate', 'created.int8.onnx', ...data, '--against', 'created.onnx')
  expect(evaluated.code).toBe(0)
  expect(evaluated.out).toMatch(/top1 +\d+\.\d\d %/)
  expect(evaluated.out).toMatch(/\d+\.\d\d % of the predictions on \d+ samples agree/)
})

test('a recipe is checked, run, and run again from where it stopped', async () => {
  await writeFile('good.yaml', recipe('accept: { size: 0.6 }'))
  expect(await run('recipe', 'check', 'good.yaml')).toMatchObject({ code: 0 })
  const good = await run('run', 'good.yaml')
  expect(good).toMatchObject({ code: 0 })
  expect(good.out).toMatch(/top-1 .*points/)
  expect(good.out).toMatch(/\naccepted \(/)
  expect(good.err).toContain('measure-result done in')
  expect(existsSync('runs/good/1/result.json')).toBe(true)
  expect((await run('run', 'good.yaml', '--resume')).err).toContain('measure-result done before')
})

test('a run writes its report, which can be written again; where it cannot, the run is done nevertheless', async () => {
  await writeFile('reported.yaml', recipe())
  const { out } = await run('run', 'reported.yaml')
  expect(out).toMatch(/\ndone \(/)
  expect(out).toMatch(/report {2}\S+runs\/reported\/1\/report\.html\n$/)
  const page = await readFile('runs/reported/1/report.html', 'utf8')
  expect(page).toContain('<h1>reported</h1>')
  expect(await run('report', 'runs/reported/1', '-o', 'again.html')).toMatchObject({ code: 0, err: '' })
  expect(await readFile('again.html', 'utf8')).toBe(page)

  await rm('runs/reported/1/report.html')
  await mkdir('runs/reported/1/report.html')
  const resumed = await run('run', 'reported.yaml', '--resume')
  expect(resumed.code).toBe(0)
  expect(resumed.err).toContain('There is no report: The report cannot be written: ')
})

test('a result out of its bounds ends with code 1', async () => {
  await writeFile('strict.yaml', recipe('accept: { size: 0.01 }'))
  const { code, out } = await run('run', 'strict.yaml')
  expect(code).toBe(1)
  expect(out).toContain('not accepted, because the size is')
})

const data = ['--data', 'images', '--preprocess', 'preprocess.yaml']

test('latency and saturation are told in tables', async () => {
  const args = ['quantize', 'model.onnx', ...data, '-o', 'eight.onnx']
  expect(await run(...args)).toMatchObject({ code: 0 })
  const { out } = await run('latency', 'model.onnx', 'eight.onnx', '--batch', '2')
  expect(out).toMatch(/onnxruntime-node +median +middle half +runs +change/)
  expect(out).toMatch(/eight\.onnx +[\d.]+ ms .* %/)
  expect((await run('saturation', 'eight.onnx', ...data)).out).toMatch(/\d+ of \d+ int8 layers would saturate/)
  expect((await run('saturation', 'model.onnx', ...data)).out).toContain('not quantized')
  await writeFile('far.yaml', 'colour: grey\nrange: [0, 255]\n')
  const far = await run('saturation', 'eight.onnx', '--data', 'images', '--preprocess', 'far.yaml')
  expect(far.err).toContain('The samples are not what the model was quantized for')
})

const jsonOf: Record<string, { args: string[]; code?: number; holds: object }> = {
  create: { args: ['create', 'resnet', '--depth', '8', '-o', 'json.onnx'], holds: { path: 'json.onnx' } },
  inspect: {
    args: ['inspect', 'model.onnx'],
    holds: { inputs: [{ name: 'input', dataType: 'float32', shape: ['N', 1, 16, 16] }] },
  },
  quantize: {
    args: ['quantize', 'model.onnx', ...data, '--target', 'onnxruntime-node', '-o', 'small.onnx'],
    holds: { verdict: { accepted: true }, output: expect.stringMatching(/small\.onnx$/) },
  },
  evaluate: {
    args: ['evaluate', 'model.onnx', ...data, '--against', 'model.onnx'],
    holds: { fidelity: { agreement: 1, sqnr: null } },
  },
  saturation: {
    args: ['saturation', 'small.onnx', ...data],
    holds: expect.arrayContaining([
      expect.objectContaining({ op: 'Conv', pairs: { risky: 0, all: expect.any(Number) } }),
    ]),
  },
  latency: {
    args: ['latency', 'model.onnx', 'small.onnx'],
    holds: [{ engine: 'onnxruntime-node', latencies: [{ runs: expect.any(Number) }, { runs: expect.any(Number) }] }],
  },
  run: { args: ['run', 'json.yaml'], code: 1, holds: { verdict: { accepted: false } } },
  report: { args: ['report', 'runs/reported/1', '-o', 'r.html'], holds: { report: expect.stringMatching(/r\.html$/) } },
  'data list': { args: ['data', 'list'], holds: [{ id: 'fashion-mnist' }] },
  'recipe check': { args: ['recipe', 'check', 'json.yaml'], holds: { model: 'model.onnx', seed: 0 } },
  'recipe schema': { args: ['recipe', 'schema'], holds: { title: 'Pare recipe' } },
  'a failure': { args: ['inspect', 'none.onnx'], code: 2, holds: { error: { code: 'MODEL_FILE' } } },
  'a wrong option': {
    args: ['inspect', 'model.onnx', '--inpt', '1'],
    code: 2,
    holds: { error: { code: 'USAGE', message: expect.stringMatching(/^unknown option '--inpt'/) } },
  },
  'a wrong command': { args: ['compres'], code: 2, holds: { error: { code: 'USAGE' } } },
  'no command': { args: [], code: 2, holds: { error: { code: 'USAGE', message: 'No command is given.' } } },
}
test.each(Object.entries(jsonOf))('%s --json prints one JSON value', async (_, { args, code = 0, holds }) => {
  await writeFile('json.yaml', recipe('accept: { size: 0.01 }'))
  const outcome = await run(...args, '--json')
  expect(outcome.code).toBe(code)
  expect(JSON.parse(outcome.out)).toMatchObject(holds)
})

test('help lists the commands and the exit codes', async () => {
  const { code, out } = await run('--help')
  expect(code).toBe(0)
  for (const word of [
    'run',
    'train',
    'report',
    'inspect',
    'quantize',
    'evaluate',
    'create',
    'data',
    'recipe',
    'Exit codes',
  ])
    expect(out).toContain(word)
  expect((await run('inspect', '--help')).out).toMatch(/--input <shape>[\s\S]*--json/)
})

test('control characters out of a model do not reach the terminal', async () => {
  const b = createBuilder('\u001b]0;title\u0007')
  b.output(b.named(b.Relu(b.input('x', 'float32', [1])), 'y\u009b2J'))
  await writeModel('control.onnx', b.build())
  const { out } = await run('inspect', 'control.onnx')
  expect(out).toContain('\\u001b]0;title\\u0007')
  expect(out).toContain('y\\u009b2J')
  const { name, outputs } = JSON.parse((await run('inspect', 'control.onnx', '--json')).out)
  expect([name, outputs[0].name]).toEqual(['\u001b]0;title\u0007', 'y\u009b2J'])
})
