import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { createBuilder, type Graph, saveModel, tensorOf } from '@pare/core-graph'
import { expect, test } from 'vitest'
import { idx, playground, run } from './testing/playground.ts'

playground({ samples: 40 })

/** [N, 1, 16, 16] → [N, 64], all weights of one value. */
function smallModel(weight = 0.5): Graph {
  const b = createBuilder('small')
  const w = b.initializer('w', tensorOf('float32', [64, 256], new Float32Array(64 * 256).fill(weight)))
  b.output(b.named(b.Gemm(b.Flatten(b.input('input', 'float32', ['N', 1, 16, 16])), w, { transB: 1 }), 'output'))
  return b.build()
}

const writeModel = (name: string, graph: Graph, location?: string) =>
  writeFile(name, saveModel(graph, location === undefined ? {} : { external: { location } }).model)

const quantize = (model: string, data = 'images') => [
  'quantize',
  model,
  '--data',
  data,
  '--preprocess',
  'preprocess.yaml',
]
const evaluate = (...more: string[]) => [
  'evaluate',
  'model.onnx',
  '--data',
  'images',
  '--preprocess',
  'preprocess.yaml',
  ...more,
]
const recipe = ({ model = 'model: model.onnx', data = 'data: {}', seed = 0 as number | string }) =>
  `${model}\n${data}\nstages: [{ name: a, use: [quant.static] }]\nseed: ${seed}\n`

const badInput: Record<string, { args: string[]; says: string | RegExp; prepare?: () => Promise<unknown> }> = {
  'no such command': { args: ['compres', 'x'], says: /unknown command|did you mean/i },
  'no such option': { args: ['inspect', 'model.onnx', '--inpt', '1'], says: 'unknown option' },
  'a number that is none': { args: [...quantize('model.onnx'), '--samples', 'abc'], says: 'It must be a number' },
  'a count below 1': {
    args: evaluate('--labels', 'labels', '--limit', '-1'),
    says: 'It must be a whole number above 0',
  },
  'an observer that there is not': {
    args: [...quantize('model.onnx'), '--observer', 'median'],
    says: 'Allowed choices are kl-divergence',
  },
  'a shape that is none': { args: ['create', 'resnet', '--input', '3x2.5x4'], says: 'channels x height x width' },
  'a depth that there is not': {
    args: ['create', 'resnet', '--depth', '9'],
    says: 'resnet cannot be made so: depth must be one of 8, 14,',
  },
  'a device for data': { args: evaluate('--data', '/dev/null'), says: '/dev/null is neither a file nor a folder' },
  'inputs for one array': {
    args: ['evaluate', 'model.onnx', '--data', 'x.npy', '--inputs', 'input=x'],
    says: '--inputs is given, but x.npy takes none',
  },
  'an input that the model does not have': {
    args: ['evaluate', 'model.onnx', '--data', 'x.npz', '--inputs', 'image=x'],
    says: '--inputs image=x does not say which array goes to which input of the model',
  },
  'a report on what is no run': { args: ['report', '.'], says: 'DATA_RUN_MISSING' },
  'a report on a run that has not ended': {
    args: ['report', 'unfinished'],
    says: 'DATA_RUN_UNFINISHED',
    prepare: async () => {
      await mkdir('unfinished')
      await writeFile('unfinished/run.json', '{}')
    },
  },
  'a report on a damaged result': {
    args: ['report', 'damaged'],
    says: /DATA_RUN_RESULT: .*damaged\/result.json is not the result of a run: verdict: /,
    prepare: async () => {
      await mkdir('damaged')
      await writeFile('damaged/result.json', '{}')
    },
  },
  'a missing model': { args: ['inspect', 'none.onnx'], says: 'MODEL_FILE: There is no file none.onnx' },
  'a folder for a model': { args: ['inspect', '.'], says: 'is a folder, not a model' },
  'an empty model': {
    args: ['inspect', 'empty.onnx'],
    says: 'MODEL_EMPTY',
    prepare: () => writeFile('empty.onnx', ''),
  },
  'a text for a model': {
    args: ['inspect', 'text.onnx'],
    says: 'MODEL_NOT_ONNX',
    prepare: () => writeFile('text.onnx', 'This is not a model, whatever it is called.'),
  },
  'a truncated model': {
    args: ['inspect', 'cut.onnx'],
    says: 'MODEL_NOT_ONNX',
    prepare: () => writeFile('cut.onnx', saveModel(smallModel()).model.subarray(0, 900)),
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
      return writeModel('cycle.onnx', {
        ...graph,
        nodes: graph.nodes.map(node => ({ ...node, inputs: ['output', ...node.inputs.slice(1)] })),
      })
    },
  },
  'a model with a dimension of size zero': {
    args: ['inspect', 'zero.onnx'],
    says: 'MODEL_ZERO_DIMENSION',
    prepare: () => {
      const inputs = [{ name: 'input', type: { dataType: 'float32', shape: [0, 4] } }] as const
      return writeModel('zero.onnx', { ...smallModel(), inputs })
    },
  },
  'weights that are not a number': {
    args: quantize('nan.onnx'),
    says: 'MODEL_NOT_FINITE',
    prepare: () => writeModel('nan.onnx', smallModel(Number.NaN)),
  },
  'external data that is missing': {
    args: quantize('lost-data.onnx'),
    says: 'MODEL_EXTERNAL_DATA',
    prepare: () => writeModel('lost-data.onnx', smallModel(), 'lost.data'),
  },
  'external data in a folder above': {
    args: quantize('above.onnx'),
    says: "lies outside the model's folder",
    prepare: () => writeModel('above.onnx', smallModel(), '../../etc/passwd'),
  },
  'external data at an absolute path': {
    args: quantize('absolute.onnx'),
    says: 'is an absolute path',
    prepare: () => writeModel('absolute.onnx', smallModel(), '/etc/passwd'),
  },
  'external data behind a link out of the folder': {
    args: quantize('linked.onnx'),
    says: 'leads by a link outside',
    prepare: async () => {
      await symlink('/etc/passwd', 'link.data')
      await writeModel('linked.onnx', smallModel(), 'link.data')
    },
  },
  'a model that is quantized already': {
    args: quantize('twice.onnx'),
    says: 'MODEL_QUANTIZED',
    prepare: () => run(...quantize('model.onnx'), '-o', 'twice.onnx'),
  },
  'a recipe with a wrong type': {
    args: ['run', 'wrong.yaml'],
    says: /wrong\.yaml:4:7: seed: .*expected/,
    prepare: () => writeFile('wrong.yaml', recipe({ seed: 'many' })),
  },
  'a missing recipe': { args: ['run', 'none.yaml'], says: 'RECIPE_FILE' },
  'a recipe with an unknown key': {
    args: ['run', 'unknown.yaml'],
    says: 'unknown.yaml:1:1: unknown key modle (did you mean model?)',
    prepare: () => writeFile('unknown.yaml', recipe({ model: 'modle: model.onnx' })),
  },
  'a recipe whose model is missing': {
    args: ['run', 'lost.yaml'],
    says: 'lost.onnx',
    prepare: () => writeFile('lost.yaml', recipe({ model: 'model: lost.onnx' })),
  },
  'a recipe whose data is missing': {
    args: ['run', 'no-data.yaml'],
    says: /DATA_FILE: .*nowhere/,
    prepare: () => writeFile('no-data.yaml', recipe({ data: 'data: { validation: { kind: idx, images: nowhere } }' })),
  },
  'images that do not decode': {
    args: quantize('model.onnx', 'broken'),
    says: /broken.*picture\.png/s,
    prepare: async () => {
      await mkdir('broken')
      await writeFile('broken/picture.png', 'not a picture')
    },
  },
  'labels out of range': {
    args: evaluate('--labels', 'wrong-labels'),
    says: 'DATA_LABEL: ',
    prepare: () =>
      writeFile(
        'wrong-labels',
        idx([40], () => 9),
      ),
  },
  'nothing to measure by': { args: evaluate(), says: 'images has no labels' },
  'labels of a folder': {
    args: ['evaluate', 'model.onnx', '--data', '.', '--labels', 'labels', '--preprocess', 'preprocess.yaml'],
    says: 'DATA_FLAG: --labels labels is given',
  },
  'a data set that was not fetched': {
    args: quantize('model.onnx', 'fashion-mnist'),
    says: 'pare data fetch fashion-mnist',
  },
  'data that is not there': { args: quantize('model.onnx', 'nowhere'), says: 'DATA_FLAG' },
  'images of another size': {
    args: quantize('model.onnx', 'large'),
    says: 'Set resize: { width: 16, height: 16 }',
    prepare: () =>
      writeFile(
        'large',
        idx([4, 20, 20], () => 1),
      ),
  },
  'a model that cannot be written there': { args: ['create', 'resnet', '-o', 'none/model.onnx'], says: 'RUN_WRITE' },
  'a data set that does not exist': { args: ['data', 'fetch', 'imagenet'], says: 'fashion-mnist' },
}

test.each(Object.entries(badInput))('%s ends in a clear error', async (_, { args, says, prepare }) => {
  await prepare?.()
  const before = await readdir('.', { recursive: true })
  const { code, out, err } = await run(...args)
  expect(code).toBeGreaterThanOrEqual(2)
  expect(code).toBeLessThanOrEqual(3)
  expect(err).toMatch(says)
  expect(err).not.toContain('    at ')
  expect(out).toBe('')
  const made = (await readdir('.', { recursive: true })).filter(name => !before.includes(name))
  expect(made.filter(name => /\.(onnx|tmp)$/.test(name))).toEqual([])
})
