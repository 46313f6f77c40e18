import { fileURLToPath } from 'node:url'
import { createBuilder, type Graph, type GraphBuilder, simplify, tensorOf, type Value } from '@pare/core-graph'
import { createModel } from '@pare/models'
import { readModel } from '@pare/runtime'
import { describe, expect, test } from 'vitest'
import { expectCutIsMasked, randomCuts } from '../testing/same-outputs.ts'
import { channelGroups } from './channel-groups.ts'
import { cutChannels } from './cut-channels.ts'
import { maskChannels } from './mask-channels.ts'

/** Weights 0, 1, 2, … so that it can be read off what was cut. */
const counted = (b: GraphBuilder, name: string, ...dims: number[]): Value => {
  const count = dims.reduce((product, size) => product * size, 1)
  return b.initializer(name, tensorOf('float32', dims, [...Array(count).keys()]))
}

/** A 1×1 convolution without bias, named. */
const conv = (b: GraphBuilder, name: string, x: Value, outputs: number, group = 1) =>
  b.scope(name, () =>
    b.Conv(x, counted(b, `${name}.weight`, outputs, Number(x.shape?.[1]) / group, 1, 1), undefined, { group }),
  )

function graphOf(build: (b: GraphBuilder, image: Value) => Value): Graph {
  const b = createBuilder('example')
  b.output(b.named(build(b, b.input('image', 'float32', ['N', 3, 4, 4])), 'y'))
  return b.build()
}

/** What goes together: name, channels, and the members as `tensor/axis role places of the first channel`. */
const summary = (graph: Graph) =>
  channelGroups(graph).groups.map(({ name, channels, members }) => [
    name,
    channels,
    ...members.map(({ tensor, axis, role, indices }) => `${tensor}/${axis} ${role} ${indices[0]}`),
  ])

const dims = (graph: Graph) => Object.fromEntries([...graph.initializers].map(([name, tensor]) => [name, tensor.dims]))

describe('what goes together', () => {
  test('both branches of a residual connection, and all that read their sum', () => {
    const graph = graphOf((b, image) => {
      const stem = conv(b, 'stem', image, 4)
      return conv(b, 'head', b.Add(stem, conv(b, 'branch', b.Relu(stem), 4)), 2)
    })
    expect(summary(graph)).toEqual([
      [
        'stem/Conv',
        4,
        'stem.weight/0 makes 0',
        'branch.weight/0 makes 0',
        'branch.weight/1 reads 0',
        'head.weight/1 reads 0',
      ],
    ])
    expect(channelGroups(graph).groups[0]?.makers).toEqual(['stem/Conv', 'branch/Conv'])
    expect(dims(cutChannels(graph, new Map([['stem/Conv', [0, 3]]])))).toEqual({
      'stem.weight': [2, 3, 1, 1],
      'branch.weight': [2, 2, 1, 1],
      'head.weight': [2, 2, 1, 1],
    })
  })

  test('a depthwise convolution follows, with as many groups as channels', () => {
    const graph = graphOf((b, image) => {
      const depthwise = conv(b, 'depthwise', conv(b, 'stem', image, 4), 8, 4)
      return conv(b, 'head', depthwise, 2)
    })
    expect(summary(graph)).toEqual([
      ['stem/Conv', 4, 'stem.weight/0 makes 0', 'depthwise.weight/0 follows 0,1', 'head.weight/1 reads 0,1'],
    ])
    const cut = cutChannels(graph, new Map([['stem/Conv', [1]]]))
    expect(cut.nodes[1]?.attributes.group).toEqual({ kind: 'int', value: 3 })
    expect(Array.from(new Float32Array(bytesOf(cut, 'depthwise.weight')))).toEqual([0, 1, 4, 5, 6, 7])
    expect(Array.from(new Float32Array(bytesOf(cut, 'head.weight')))).toEqual([0, 1, 4, 5, 6, 7, 8, 9, 12, 13, 14, 15])
  })

  test('the channels at one place of all groups of a grouped convolution', () => {
    const graph = graphOf((b, image) => conv(b, 'head', conv(b, 'grouped', conv(b, 'stem', image, 6), 4, 2), 2))
    expect(summary(graph)).toEqual([
      ['stem/Conv', 3, 'stem.weight/0 makes 0,3', 'grouped.weight/1 reads 0'],
      ['grouped/Conv', 2, 'grouped.weight/0 makes 0,2', 'head.weight/1 reads 0,2'],
    ])
  })

  test('what is concatenated is read behind what stands before it', () => {
    const graph = graphOf((b, image) => {
      const joined = b.Concat([image, conv(b, 'first', image, 2), conv(b, 'second', image, 4)], { axis: 1 })
      return conv(b, 'head', joined, 1)
    })
    expect(summary(graph)).toEqual([
      ['first/Conv', 2, 'first.weight/0 makes 0', 'head.weight/1 reads 3'],
      ['second/Conv', 4, 'second.weight/0 makes 0', 'head.weight/1 reads 5'],
    ])
    const cut = cutChannels(
      graph,
      new Map([
        ['first/Conv', [0]],
        ['second/Conv', [1, 2]],
      ]),
    )
    expect(Array.from(new Float32Array(bytesOf(cut, 'head.weight')))).toEqual([0, 1, 2, 4, 5, 8])
  })

  test('all pixels of a flattened channel', () => {
    const graph = graphOf((b, image) => {
      const flat = b.Flatten(conv(b, 'stem', image, 3))
      return b.Gemm(flat, counted(b, 'weight', 2, 48), undefined, { transB: 1 })
    })
    const [group] = channelGroups(graph).groups
    expect(group?.members.at(-1)).toMatchObject({ tensor: 'weight', axis: 1, role: 'reads', node: 'Gemm', input: 'B' })
    expect(group?.members.at(-1)?.indices[1]).toEqual(Array.from({ length: 16 }, (_, pixel) => 16 + pixel))
  })

  test('squeeze and excitation with the channels that it weighs; its narrow layer by itself', () => {
    const graph = graphOf((b, image) => {
      const stem = conv(b, 'stem', image, 4)
      const squeezed = b.Relu(conv(b, 'squeeze', b.GlobalAveragePool(stem), 2))
      return conv(b, 'head', b.Mul(stem, b.Sigmoid(conv(b, 'excite', squeezed, 4))), 1)
    })
    expect(summary(graph)).toEqual([
      [
        'stem/Conv',
        4,
        'stem.weight/0 makes 0',
        'squeeze.weight/1 reads 0',
        'excite.weight/0 makes 0',
        'head.weight/1 reads 0',
      ],
      ['squeeze/Conv', 2, 'squeeze.weight/0 makes 0', 'excite.weight/1 reads 0'],
    ])
  })

  test('one dimension of all heads: queries with keys, and values by themselves', async () => {
    const b = createBuilder('attention')
    const x = b.input('x', 'float32', ['N', 5, 6])
    const heads = (name: string) => {
      const y = b.scope(name, () => b.MatMul(x, counted(b, `${name}.weight`, 6, 6)))
      return b.Transpose(b.Reshape(y, b.ints(0, 5, 2, 3)), { perm: [0, 2, 1, 3] })
    }
    const scores = b.Softmax(
      b.Mul(b.MatMul(heads('q'), b.Transpose(heads('k'), { perm: [0, 1, 3, 2] })), b.scalar(1e-3)),
    )
    const mixed = b.Reshape(b.Transpose(b.MatMul(scores, heads('v')), { perm: [0, 2, 1, 3] }), b.ints(0, 5, 6))
    b.output(
      b.named(
        b.scope('out', () => b.MatMul(mixed, counted(b, 'out.weight', 6, 6))),
        'y',
      ),
    )
    const graph = b.build()
    expect(summary(graph)).toEqual([
      ['q/MatMul', 3, 'q.weight/1 makes 0,3', 'k.weight/1 makes 0,3'],
      ['v/MatMul', 3, 'v.weight/1 makes 0,3', 'out.weight/0 reads 0,3'],
    ])
    // Queries and keys are multiplied with one another: no weight reads them that could be zero.
    const masked = maskChannels(graph, new Map([['q/MatMul', [1]]]))
    expect(masked.nodes.length).toBe(graph.nodes.length + 1)
    await expectCutIsMasked(
      graph,
      new Map([
        ['q/MatMul', [1]],
        ['v/MatMul', [0, 2]],
      ]),
    )
  })

  test('the weights that a layer computes its weight from, such as a mask or a scale for each channel', async () => {
    const graph = graphOf((b, image) => {
      const stem = conv(b, 'stem', image, 4)
      const weight = b.Add(counted(b, 'weight', 2, 4, 1, 1), counted(b, 'shift', 2, 1, 1, 1))
      return conv(b, 'head', b.Conv(stem, weight), 1)
    })
    expect(summary(graph)).toEqual([
      ['stem/Conv', 4, 'stem.weight/0 makes 0', 'weight/1 follows 0'],
      ['Conv', 2, 'weight/0 makes 0', 'shift/0 follows 0', 'head.weight/1 reads 0'],
    ])
    // A zero of `weight` would be none once `shift` is added: what the layer reads is masked instead.
    expect(maskChannels(graph, new Map([['stem/Conv', [1]]])).nodes.length).toBe(graph.nodes.length + 1)
    await expectCutIsMasked(
      graph,
      new Map([
        ['stem/Conv', [1]],
        ['Conv', [0]],
      ]),
    )
  })

  test('a weight that two layers share is cut once, for both', async () => {
    const graph = graphOf((b, image) => {
      const weight = counted(b, 'shared', 4, 4, 1, 1)
      const stem = conv(b, 'stem', image, 4)
      return conv(b, 'head', b.Conv(b.Relu(b.Conv(stem, weight)), weight), 1)
    })
    expect(channelGroups(graph).groups.map(({ makers, channels }) => [makers, channels])).toEqual([
      [['stem/Conv', 'Conv', 'Conv_1'], 4],
    ])
    await expectCutIsMasked(graph, new Map([['stem/Conv', [1, 2]]]))
  })
})

const bytesOf = (graph: Graph, name: string): ArrayBuffer => {
  const storage = graph.initializers.get(name)?.storage
  return storage?.kind === 'bytes' ? new Uint8Array(storage.bytes).buffer : new ArrayBuffer(0)
}

describe('what stays', () => {
  const reasonsOf = (graph: Graph) =>
    Object.fromEntries(channelGroups(graph).kept.map(({ node, reason }) => [node, reason]))

  test('the outputs of the model, and what leads into an operator without a rule, or one that computes across channels', () => {
    const graph = graphOf((b, image) => {
      const [top = image] = [b.TopK(conv(b, 'sorted', image, 4), b.ints(2), { axis: 1 })].flat()
      const normal = b.Softmax(conv(b, 'normal', image, 4), { axis: 1 })
      return b.Concat([top, normal, conv(b, 'last', image, 4)], { axis: 1 })
    })
    expect(reasonsOf(graph)).toEqual({
      'sorted/Conv': 'how TopK (TopK) treats channels is not known',
      'normal/Conv': 'Softmax (Softmax) computes across them',
      'last/Conv': 'they are the output y of the model',
    })
  })

  test('what weights are multiplied by weights over, where a zero in none of them would be one in the product', () => {
    const graph = graphOf((b, image) => {
      const rows = b.Transpose(conv(b, 'stem', image, 4), { perm: [0, 2, 3, 1] })
      const left = b.Exp(b.scope('left', () => b.MatMul(counted(b, 'a', 4, 3), counted(b, 'b', 3, 5))))
      return b.MatMul(rows, b.MatMul(left, b.Exp(counted(b, 'c', 5, 2))))
    })
    expect(channelGroups(graph).groups.map(({ name }) => name)).toEqual(['stem/Conv'])
    expect(reasonsOf(graph)['left/MatMul']).toBe('MatMul (MatMul) makes a weight of weights')
  })

  test('what is excluded, or not included; the names of groups stay the same', () => {
    const graph = graphOf((b, image) => conv(b, 'head', conv(b, 'second', conv(b, 'first', image, 4), 4), 1))
    const { groups, kept } = channelGroups(graph, { include: ['*/Conv'], exclude: ['first/*'] })
    expect(groups.map(({ name }) => name)).toEqual(['second/Conv'])
    expect(kept.at(-1)).toEqual({ node: 'first/Conv', op: 'Conv', reason: 'first/Conv is excluded' })
    expect(() => channelGroups(graph, { exclude: ['fist/*'] })).toThrow('no node of the model matches fist/*')
  })

  test('a group that is not there, a channel that is not there, the last channel', () => {
    const graph = graphOf((b, image) => conv(b, 'head', conv(b, 'stem', image, 2), 1))
    const cut = (name: string, ...channels: number[]) => cutChannels(graph, new Map([[name, channels]]))
    expect(() => cut('steam/Conv', 0)).toThrow('The model has no group of channels steam/Conv.')
    expect(() => cut('head/Conv', 0)).toThrow('The channels of head/Conv cannot be cut: there is only one.')
    expect(() => cut('stem/Conv', 2)).toThrow('stem/Conv has no channel 2: they are 0 to 1.')
    expect(() => cut('stem/Conv', 0, 1)).toThrow('All 2 channels of stem/Conv would be cut.')
    expect(cut('stem/Conv')).toBe(graph)
  })
})

test('nothing of MobileNetV1 is missed: each output channel of each dense layer but the last', () => {
  const graph = createModel('mobilenet-v1', { width: 0.25, input: [1, 28, 28], classes: 10 })
  const dense = graph.nodes.filter(
    ({ op, attributes: { group } }) => op === 'Conv' && !(group?.kind === 'int' && group.value > 1),
  )
  const outputs = dense.map(({ name, inputs }) => [name, graph.initializers.get(inputs[1] ?? '')?.dims[0]])
  const { groups, kept } = channelGroups(graph)
  expect(outputs.length).toBe(14)
  expect(groups.map(({ name, channels }) => [name, channels])).toEqual(outputs)
  expect(kept).toEqual([{ node: 'classifier/Gemm', op: 'Gemm', reason: 'they are the output logits of the model' }])
  const parameters = new Set(groups.flatMap(({ members }) => members.map(({ tensor }) => tensor)))
  const untouched = [...graph.initializers.keys()].filter(name => !parameters.has(name) && !name.startsWith('constant'))
  expect(untouched).toEqual(['classifier/bias'])
})

const quantized = new URL('../../../../e2e/models/onnxruntime-qdq.onnx', import.meta.url)

test('a quantized model loses the scales, zero points and integer weights of its channels', async () => {
  const { graph } = simplify(await readModel(fileURLToPath(quantized)))
  const [group] = channelGroups(graph).groups
  expect(group?.members.some(({ tensor }) => graph.initializers.get(tensor)?.dataType === 'int8')).toBe(true)
  await expectCutIsMasked(graph, randomCuts(graph, 1), 0.02)
})
