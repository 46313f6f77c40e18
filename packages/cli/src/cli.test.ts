import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createBuilder, type Graph, saveModel, tensorOf } from '@pare/core-graph'
import { afterAll, beforeAll, expect, test } from 'vitest'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
let folder = ''

interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs `pare` as a user does, in the test's folder. */
const pare = (...args: string[]): Promise<Outcome> =>
  new Promise(resolve => {
    execFile(process.execPath, ['--conditions=@pare/source', main, ...args], { cwd: folder }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    )
  })

/** An IDX file of bytes (LeCun's format: magic 0x08 and the rank, sizes, then the bytes). */
function idx(dims: number[], bytes: Uint8Array): Uint8Array {
  const header = new DataView(new ArrayBuffer(4 + 4 * dims.length))
  header.setUint32(0, 0x0800 + dims.length)
  for (const [index, size] of dims.entries()) header.setUint32(4 + 4 * index, size)
  return Buffer.concat([new Uint8Array(header.buffer), bytes])
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pare-cli-'))
  await writeFile(
    join(folder, 'images-idx3-ubyte'),
    idx(
      [40, 16, 16],
      Uint8Array.from({ length: 40 * 256 }, (_, index) => (index * 37) % 256),
    ),
  )
  await writeFile(
    join(folder, 'labels-idx1-ubyte'),
    idx(
      [40],
      Uint8Array.from({ length: 40 }, (_, index) => index % 4),
    ),
  )
  await writeFile(join(folder, 'preprocess.yaml'), 'colour: grey\n')
  const made = await pare(
    'create',
    'resnet',
    '--depth',
    '8',
    '--width',
    '0.5',
    '--input',
    '1x16x16',
    '--classes',
    '4',
    '-o',
    'model.onnx',
  )
  expect(made).toMatchObject({ code: 0, err: '' })
})
afterAll(() => rm(folder, { recursive: true }))

test('a model is created, inspected, quantized and evaluated', async () => {
  const facts = JSON.parse((await pare('inspect', 'model.onnx', '--json')).out)
  expect(facts.inputs).toEqual([{ name: 'input', dataType: 'float32', shape: ['N', 1, 16, 16] }])
  expect(facts.total.macs).toBeGreaterThan(0)
  expect((await pare('inspect', 'model.onnx')).out).toContain('multiply-adds')

  const quantized = await pare(
    'quantize',
    'model.onnx',
    '--data',
    'images-idx3-ubyte',
    '--preprocess',
    'preprocess.yaml',
    '--json',
  )
  expect(quantized.code).toBe(0)
  const result = JSON.parse(quantized.out)
  expect(result.after.bytes).toBeLessThan(0.6 * result.before.bytes)
  expect(existsSync(join(folder, 'model.int8.onnx'))).toBe(true)

  const evaluated = await pare(
    'evaluate',
    'model.int8.onnx',
    '--data',
    'images-idx3-ubyte',
    '--labels',
    'labels-idx1-ubyte',
    '--preprocess',
    'preprocess.yaml',
    '--against',
    'model.onnx',
    '--json',
  )
  expect(evaluated.code).toBe(0)
  const { metrics, fidelity } = JSON.parse(evaluated.out)
  expect(metrics.top1).toBeGreaterThanOrEqual(0)
  expect(fidelity.agreement).toBeGreaterThan(0.5)
})

test('a recipe is checked and run; a result out of its bounds ends with code 1', async () => {
  const recipe = (size: number) => `
model: model.onnx
data:
  preprocess: { colour: grey }
  validation: { kind: idx, images: images-idx3-ubyte, labels: labels-idx1-ubyte }
stages: [{ name: int8, use: [quant.static] }]
accept: { size: ${size} }
`
  await writeFile(join(folder, 'good.yaml'), recipe(0.6))
  await writeFile(join(folder, 'strict.yaml'), recipe(0.01))
  expect(await pare('recipe', 'check', 'good.yaml')).toMatchObject({ code: 0 })
  const good = await pare('run', 'good.yaml')
  expect(good).toMatchObject({ code: 0 })
  expect(good.out).toMatch(/top-1 .*points/)
  expect(good.out).toContain('accepted')
  const strict = await pare('run', 'strict.yaml')
  expect(strict.code).toBe(1)
  expect(strict.out).toContain('not accepted, because the size is')
})

test('the schema is JSON', async () => {
  expect(JSON.parse((await pare('recipe', 'schema')).out)).toMatchObject({ title: 'Pare recipe' })
})

/** A model with one Gemm [N, 4] → [N, 64], its weights all of one value. */
function smallModel(weight = 0.5): Graph {
  const b = createBuilder('small')
  const w = b.initializer('w', tensorOf('float32', [64, 4], new Float32Array(256).fill(weight)))
  b.output(b.named(b.Gemm(b.input('input', 'float32', ['N', 4]), w, { transB: 1 }), 'output'))
  return b.build()
}

const writeModel = (name: string, graph: Graph, location?: string) =>
  writeFile(join(folder, name), saveModel(graph, location === undefined ? {} : { external: { location } }).model)

const badInput: Record<string, { args: string[]; says: string | RegExp; prepare?: () => Promise<unknown> }> = {
  'no such command': { args: ['compres', 'x'], says: /unknown command|did you mean/i },
  'no such option': { args: ['inspect', 'model.onnx', '--inpt', '1'], says: 'unknown option' },
  'a missing model': { args: ['inspect', 'none.onnx'], says: 'MODEL_FILE: There is no file none.onnx' },
  'a folder for a model': { args: ['inspect', '.'], says: 'is a folder, not a model' },
  'an empty model': {
    args: ['inspect', 'empty.onnx'],
    says: 'MODEL_EMPTY',
    prepare: () => writeFile(join(folder, 'empty.onnx'), ''),
  },
  'a text for a model': {
    args: ['inspect', 'text.onnx'],
    says: 'MODEL_NOT_ONNX',
    prepare: () => writeFile(join(folder, 'text.onnx'), 'This is not a model, whatever it is called.'),
  },
  'a truncated model': {
    args: ['inspect', 'cut.onnx'],
    says: 'MODEL_NOT_ONNX',
    prepare: () => writeFile(join(folder, 'cut.onnx'), saveModel(smallModel()).model.subarray(0, 900)),
  },
  'a model of a too new operator set': {
    args: ['inspect', 'new.onnx'],
    says: 'MODEL_OPSET: new.onnx: The model uses operator set 99',
    prepare: () => writeModel('new.onnx', { ...smallModel(), opsets: new Map([['', 99]]) }),
  },
  'a model with a cycle': {
    args: ['inspect', 'cycle.onnx'],
    says: 'MODEL_CYCLE',
    prepare: () => {
      const graph = smallModel()
      const [gemm] = graph.nodes
      const nodes = gemm ? [{ ...gemm, inputs: ['output', 'w'] }] : []
      return writeModel('cycle.onnx', { ...graph, nodes })
    },
  },
  'a model with a dimension of size zero': {
    args: ['inspect', 'zero.onnx'],
    says: 'MODEL_ZERO_DIMENSION',
    prepare: () =>
      writeModel('zero.onnx', {
        ...smallModel(),
        inputs: [{ name: 'input', type: { dataType: 'float32', shape: [0, 4] } }],
      }),
  },
  'weights that are not a number': {
    args: ['quantize', 'nan.onnx', '--data', 'images-idx3-ubyte', '--preprocess', 'preprocess.yaml'],
    says: 'MODEL_NOT_FINITE',
    prepare: () => writeModel('nan.onnx', smallModel(Number.NaN)),
  },
  'external data that is missing': {
    args: ['quantize', 'lost-data.onnx', '--data', 'images-idx3-ubyte', '--preprocess', 'preprocess.yaml'],
    says: 'MODEL_EXTERNAL_DATA',
    prepare: () => writeModel('lost-data.onnx', smallModel(), 'lost.data'),
  },
  'external data in a folder above': {
    args: ['quantize', 'above.onnx', '--data', 'images-idx3-ubyte', '--preprocess', 'preprocess.yaml'],
    says: "lies outside the model's folder",
    prepare: () => writeModel('above.onnx', smallModel(), '../../etc/passwd'),
  },
  'external data at an absolute path': {
    args: ['quantize', 'absolute.onnx', '--data', 'images-idx3-ubyte', '--preprocess', 'preprocess.yaml'],
    says: 'is an absolute path',
    prepare: () => writeModel('absolute.onnx', smallModel(), '/etc/passwd'),
  },
  'external data behind a link out of the folder': {
    args: ['quantize', 'linked.onnx', '--data', 'images-idx3-ubyte', '--preprocess', 'preprocess.yaml'],
    says: 'leads by a link outside',
    prepare: async () => {
      await symlink('/etc/passwd', join(folder, 'link.data'))
      await writeModel('linked.onnx', smallModel(), 'link.data')
    },
  },
  'a model that is quantized already': {
    args: ['quantize', 'twice.onnx', '--data', 'images-idx3-ubyte', '--preprocess', 'preprocess.yaml'],
    says: 'MODEL_QUANTIZED',
    prepare: () =>
      pare(
        'quantize',
        'model.onnx',
        '--data',
        'images-idx3-ubyte',
        '--preprocess',
        'preprocess.yaml',
        '-o',
        'twice.onnx',
      ),
  },
  'a recipe with a wrong type': {
    args: ['run', 'wrong.yaml'],
    says: /wrong\.yaml:4:7: seed: .*expected/,
    prepare: () =>
      writeFile(
        join(folder, 'wrong.yaml'),
        'model: model.onnx\ndata: {}\nstages: [{ name: a, use: [quant.static] }]\nseed: many\n',
      ),
  },
  'a missing recipe': { args: ['run', 'none.yaml'], says: 'RECIPE_FILE' },
  'a recipe with an unknown key': {
    args: ['run', 'unknown.yaml'],
    says: 'unknown.yaml:1:1: unknown key modle (did you mean model?)',
    prepare: () =>
      writeFile(
        join(folder, 'unknown.yaml'),
        'modle: model.onnx\ndata: {}\nstages: [{ name: a, use: [quant.static] }]\n',
      ),
  },
  'a recipe whose model is missing': {
    args: ['run', 'lost.yaml'],
    says: 'lost.onnx',
    prepare: () =>
      writeFile(join(folder, 'lost.yaml'), 'model: lost.onnx\ndata: {}\nstages: [{ name: a, use: [quant.static] }]\n'),
  },
  'images that do not decode': {
    args: ['quantize', 'model.onnx', '--data', 'broken', '--preprocess', 'preprocess.yaml'],
    says: /broken.*picture\.png/s,
    prepare: async () => {
      await mkdir(join(folder, 'broken'))
      await writeFile(join(folder, 'broken', 'picture.png'), 'not a picture')
    },
  },
  'labels out of range': {
    args: [
      'evaluate',
      'model.onnx',
      '--data',
      'images-idx3-ubyte',
      '--labels',
      'wrong-labels',
      '--preprocess',
      'preprocess.yaml',
    ],
    says: /label|class/i,
    prepare: () => writeFile(join(folder, 'wrong-labels'), idx([40], new Uint8Array(40).fill(9))),
  },
  'data that is not there': { args: ['quantize', 'model.onnx', '--data', 'nowhere'], says: 'DATA_FLAG' },
  'a model without permission to be written': {
    args: ['create', 'resnet', '-o', 'none/model.onnx'],
    says: 'RUN_WRITE',
  },
  'a data set that does not exist': { args: ['data', 'fetch', 'imagenet'], says: 'fashion-mnist' },
}

test.for(Object.entries(badInput))('%s ends in a clear error', async ([, { args, says, prepare }]) => {
  await prepare?.()
  const { code, out, err } = await pare(...args)
  expect(code).toBeGreaterThanOrEqual(2)
  expect(code).toBeLessThanOrEqual(3)
  expect(err).toMatch(says)
  expect(err).not.toContain('    at ')
  expect(out).toBe('')
})

test('--json tells an error as JSON', async () => {
  const { code, out } = await pare('inspect', 'none.onnx', '--json')
  expect(code).toBe(2)
  expect(JSON.parse(out).error).toMatchObject({ code: 'MODEL_FILE' })
})

test('help lists the commands and the exit codes', async () => {
  const { code, out } = await pare('--help')
  expect(code).toBe(0)
  for (const word of ['run', 'inspect', 'quantize', 'evaluate', 'create', 'data', 'recipe', 'Exit codes'])
    expect(out).toContain(word)
})
