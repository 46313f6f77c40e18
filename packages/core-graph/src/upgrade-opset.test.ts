import { describe, expect, it } from 'vitest'
import type { Graph, Node, Shape } from './graph.ts'
import { operators } from './operators/registry.ts'
import { compatibleChanges } from './opset/changes.ts'
import type { TensorMap } from './ports.ts'
import { type Tensor, tensorElements, tensorOf } from './tensor.ts'
import { expectSameOutputs, randomFeeds } from './testing/expect-same-outputs.ts'
import { floats, graphOf, ints, node, textOf } from './testing/graph-of.ts'
import { upgradeOpset } from './upgrade-opset.ts'
import { upgrades } from './upgrades/registry.ts'

const stored = (...value: readonly number[]) => ({ kind: 'floats' as const, value })
const whole = (value: number) => ({ kind: 'float' as const, value })

interface Case {
  readonly opset: number
  readonly inputs: Readonly<Record<string, Shape>>
  readonly initializers?: Readonly<Record<string, Tensor>>
  readonly nodes: Graph['nodes']
  readonly outputs?: readonly string[]
  readonly after: readonly string[]
}

const channels = {
  scale: floats([3], [1, 2, 3]),
  bias: floats([3], [0.5, 0, -1]),
  mean: floats([3], [0.1, 0.2, 0.3]),
  variance: floats([3], [1, 2, 3]),
}
const image = { x: [2, 3, 4, 5] }

/** Graphs in an old form, and what becomes of their nodes. */
const cases: Readonly<Record<string, Case>> = {
  'Squeeze and Unsqueeze with axes': {
    opset: 11,
    inputs: { x: [1, 3, 1] },
    nodes: [node('s', 'Squeeze', ['x'], { axes: [0, -1] }), node('y', 'Unsqueeze', ['s'], { axes: [1] })],
    after: ['s = Squeeze(x, Squeeze:s/axes)', 'y = Unsqueeze(s, Unsqueeze:y/axes)'],
  },
  'Squeeze of all axes': {
    opset: 12,
    inputs: { x: [1, 3, 1] },
    nodes: [node('y', 'Squeeze', ['x'])],
    after: ['y = Squeeze(x)'],
  },
  'ReduceSum and ReduceMean with axes': {
    opset: 9,
    inputs: image,
    nodes: [
      node('s', 'ReduceSum', ['x'], { axes: [1], keepdims: 1 }),
      node('y', 'ReduceMean', ['s'], { axes: [2, 3], keepdims: 0 }),
    ],
    after: ['s = ReduceSum(x, ReduceSum:s/axes) {keepdims=1}', 'y = ReduceMean(s, ReduceMean:y/axes) {keepdims=0}'],
  },
  'ReduceMax of all axes': {
    opset: 12,
    inputs: image,
    nodes: [node('y', 'ReduceMax', ['x'])],
    after: ['y = ReduceMax(x)'],
  },
  'Softmax over several axes': {
    opset: 11,
    inputs: image,
    nodes: [node('y', 'Softmax', ['x'])],
    after: [
      'Softmax:y/flat = Flatten(x) {axis=1}',
      'Softmax:y/soft = Softmax(Softmax:y/flat) {axis=-1}',
      'Softmax:y/shape = Shape(x)',
      'y = Reshape(Softmax:y/soft, Softmax:y/shape)',
    ],
  },
  'Softmax of a matrix': {
    opset: 7,
    inputs: { x: [2, 10] },
    nodes: [node('y', 'Softmax', ['x'])],
    after: ['y = Softmax(x) {axis=1}'],
  },
  'LogSoftmax before axes of size 1': {
    opset: 9,
    inputs: { x: [2, 10, 1, 1] },
    nodes: [node('y', 'LogSoftmax', ['x'], { axis: 1 })],
    after: ['y = LogSoftmax(x) {axis=1}'],
  },
  'Hardmax from a negative axis on': {
    opset: 11,
    inputs: { x: [2, 3, 4] },
    nodes: [node('y', 'Hardmax', ['x'], { axis: -2 })],
    after: [
      'Hardmax:y/flat = Flatten(x) {axis=-2}',
      'Hardmax:y/soft = Hardmax(Hardmax:y/flat) {axis=-1}',
      'Hardmax:y/shape = Shape(x)',
      'y = Reshape(Hardmax:y/soft, Hardmax:y/shape)',
    ],
  },
  'Softmax of a vector, after its last axis': {
    opset: 11,
    inputs: { x: [3] },
    nodes: [node('y', 'Softmax', ['x'], { axis: 0 })],
    after: ['y = Softmax(x) {axis=0}'],
  },
  'Clip with both bounds, and with the upper one': {
    opset: 7,
    inputs: image,
    nodes: [node('c', 'Clip', ['x'], { min: whole(-1), max: 0.5 }), node('y', 'Clip', ['c'], { max: 0.25 })],
    after: ['c = Clip(x, Clip:c/min, Clip:c/max)', 'y = Clip(c, , Clip:y/max)'],
  },
  'Pad of a float64 with a value': {
    opset: 10,
    inputs: { x: [2, 2] },
    nodes: [
      node('d', 'Cast', ['x'], { to: 11 }),
      node('p', 'Pad', ['d'], { pads: [0, 0, 0, 1], value: 0.5 }),
      node('y', 'Cast', ['p'], { to: 1 }),
    ],
    after: [
      'd = Cast(x) {to=11}',
      'Pad:p/value_cast = Cast(Pad:p/value) {to=11}',
      'p = Pad(d, Pad:p/pads, Pad:p/value_cast)',
      'y = Cast(p) {to=1}',
    ],
  },
  'Pad, with a value, of what no shape rule tells the type of': {
    opset: 10,
    inputs: { x: [2, 2] },
    nodes: [node('n', 'MeanVarianceNormalization', ['x']), node('y', 'Pad', ['n'], { pads: [0, 0, 0, 1], value: 0.5 })],
    after: [
      'n = MeanVarianceNormalization(x)',
      'Pad:y/value_cast = CastLike(Pad:y/value, n)',
      'y = Pad(n, Pad:y/pads, Pad:y/value_cast)',
    ],
  },
  'Pad with zeros, with a value, and by reflection': {
    opset: 10,
    inputs: { x: [1, 1, 3, 3] },
    nodes: [
      node('a', 'Pad', ['x'], { pads: [0, 0, 1, 1, 0, 0, 1, 1] }),
      node('b', 'Pad', ['a'], { pads: [0, 0, 0, 1, 0, 0, 0, 0], value: 1.5 }),
      node('y', 'Pad', ['b'], { pads: [0, 0, 1, 1, 0, 0, 1, 1], mode: 'reflect' }),
    ],
    after: ['a = Pad(x, Pad:a/pads)', 'b = Pad(a, Pad:b/pads, Pad:b/value)', 'y = Pad(b, Pad:y/pads) {mode=reflect}'],
  },
  'Slice with and without axes': {
    opset: 9,
    inputs: image,
    nodes: [
      node('s', 'Slice', ['x'], { starts: [1, -3], ends: [3, 100], axes: [2, 3] }),
      node('y', 'Slice', ['s'], { starts: [0], ends: [1] }),
    ],
    after: ['s = Slice(x, Slice:s/starts, Slice:s/ends, Slice:s/axes)', 'y = Slice(s, Slice:y/starts, Slice:y/ends)'],
  },
  'TopK with k': {
    opset: 9,
    inputs: { x: [2, 6] },
    nodes: [node('values indices', 'TopK', ['x'], { k: 2, axis: 1 })],
    outputs: ['values', 'indices'],
    after: ['values, indices = TopK(x, TopK:values/k) {axis=1}'],
  },
  'Upsample to the nearest, of opset 7': {
    opset: 7,
    inputs: { x: [1, 2, 3, 3] },
    nodes: [node('y', 'Upsample', ['x'], { scales: stored(1, 1, 2, 3), mode: 'nearest' })],
    after: [
      'y = Resize(x, , Upsample:y/scales) {mode=nearest coordinate_transformation_mode=asymmetric nearest_mode=floor}',
    ],
  },
  'Upsample, linear, of opset 9': {
    opset: 9,
    inputs: { x: [1, 2, 3, 3] },
    initializers: { scales: floats([4], [1, 1, 2, 2]) },
    nodes: [node('y', 'Upsample', ['x', 'scales'], { mode: 'linear' })],
    after: ['y = Resize(x, , scales) {mode=linear coordinate_transformation_mode=asymmetric}'],
  },
  'Resize that shrinks to the nearest': {
    opset: 10,
    inputs: { x: [1, 1, 7, 6] },
    initializers: { scales: floats([4], [1, 1, 0.6, 0.5]) },
    nodes: [node('y', 'Resize', ['x', 'scales'])],
    after: ['y = Resize(x, , scales) {coordinate_transformation_mode=asymmetric nearest_mode=ceil}'],
  },
  'Resize with the coordinates that only operator sets 11 and 12 have': {
    opset: 11,
    inputs: { x: [1, 1, 5, 4] },
    initializers: { none: floats([0], []), scales: floats([4], [1, 1, 1.5, 2.25]) },
    nodes: [
      node('y', 'Resize', ['x', 'none', 'scales'], {
        coordinate_transformation_mode: 'tf_half_pixel_for_nn',
        nearest_mode: 'floor',
      }),
    ],
    after: ['y = Resize(x, none, scales) {coordinate_transformation_mode=half_pixel nearest_mode=round_prefer_ceil}'],
  },
  'Dropout with a ratio': {
    opset: 7,
    inputs: image,
    nodes: [node('d mask', 'Dropout', ['x'], { ratio: 0.25 }), node('y', 'Relu', ['d'])],
    after: ['d = Dropout(x, Dropout:d/ratio)', 'y = Relu(d)'],
  },
  'BatchNormalization of opset 7': {
    opset: 7,
    inputs: image,
    initializers: channels,
    nodes: [
      node('y', 'BatchNormalization', ['x', 'scale', 'bias', 'mean', 'variance'], { spatial: 1, epsilon: 0.001 }),
    ],
    after: ['y = BatchNormalization(x, scale, bias, mean, variance) {epsilon=0.001}'],
  },
  'Split with sizes and without': {
    opset: 11,
    inputs: { x: [2, 6] },
    nodes: [node('a b', 'Split', ['x'], { axis: 1, split: [2, 4] }), node('c d', 'Split', ['b'], { axis: 1 })],
    outputs: ['a', 'c', 'd'],
    after: ['a, b = Split(x, Split:a/split) {axis=1}', 'c, d = Split(b) {axis=1 num_outputs=2}'],
  },
  Scatter: {
    opset: 9,
    inputs: { x: [3, 3], updates: [1, 3] },
    initializers: { indices: tensorOf('int64', [1, 3], [2, 0, 1]) },
    nodes: [node('y', 'Scatter', ['x', 'indices', 'updates'], { axis: 0 })],
    after: ['y = ScatterElements(x, indices, updates) {axis=0}'],
  },
  GridSample: {
    opset: 16,
    inputs: { x: [1, 1, 4, 4], grid: [1, 2, 2, 2] },
    nodes: [node('y', 'GridSample', ['x', 'grid'], { mode: 'bicubic' })],
    after: ['y = GridSample(x, grid) {mode=cubic}'],
  },
  RoiAlign: {
    opset: 10,
    inputs: { x: [1, 1, 8, 8] },
    initializers: { rois: floats([1, 4], [1, 1, 6, 5]), batch: ints(0) },
    nodes: [node('y', 'RoiAlign', ['x', 'rois', 'batch'], { output_height: 2, output_width: 2, sampling_ratio: 2 })],
    after: [
      'y = RoiAlign(x, rois, batch) {output_height=2 output_width=2 sampling_ratio=2 coordinate_transformation_mode=output_half_pixel}',
    ],
  },
}

describe('upgradeOpset rewrites', () => {
  it.each(Object.entries(cases))('%s', async (_, { after, outputs = ['y'], ...parts }) => {
    const before = graphOf({ ...parts, outputs })
    const upgraded = upgradeOpset(before, 21)
    expect(textOf(upgraded)).toEqual(after)
    expect(upgraded.opsets.get('')).toBe(21)
    await expectSameOutputs(before, upgraded)
  })

  // onnxruntime has no kernel of version 18: the reference is the same normalization of version 21, written out.
  it('GroupNormalization, whose parameters were of groups', async () => {
    const attributes = { num_groups: 2, epsilon: 0.01 }
    const upgraded = upgradeOpset(
      graphOf({
        opset: 18,
        inputs: { x: [2, 4, 3] },
        initializers: { scale: floats([2], [2, 3]), bias: floats([2], [0.5, -1]) },
        nodes: [node('y', 'GroupNormalization', ['x', 'scale', 'bias'], attributes)],
        outputs: ['y'],
      }),
    )
    const wanted = graphOf({
      inputs: { x: [2, 4, 3] },
      initializers: { scale: floats([4], [2, 2, 3, 3]), bias: floats([4], [0.5, 0.5, -1, -1]) },
      nodes: [node('y', 'GroupNormalization', ['x', 'scale', 'bias'], attributes)],
      outputs: ['y'],
    })
    await expectSameOutputs(wanted, upgraded)
  })

  // onnxruntime runs neither of these in its old form.
  it('a BatchNormalization that lists statistics nobody reads, and a mask that somebody does', () => {
    const before = graphOf({
      opset: 7,
      inputs: image,
      initializers: channels,
      nodes: [
        node('n m v sm sv', 'BatchNormalization', ['x', 'scale', 'bias', 'mean', 'variance']),
        node('y mask', 'Dropout', ['n']),
      ],
      outputs: ['y', 'mask'],
    })
    expect(textOf(upgradeOpset(before))).toEqual([
      'n = BatchNormalization(x, scale, bias, mean, variance)',
      'y, mask_bool = Dropout(n)',
      'mask = CastLike(mask_bool, n)',
    ])
  })

  it('nodes in the bodies of If, with constants of their own', async () => {
    const branch = (op: string, axes: readonly number[]) => ({
      kind: 'graph' as const,
      value: graphOf({ nodes: [node('z', op, ['x'], { axes })], outputs: ['z'] }),
    })
    const before = graphOf({
      opset: 11,
      inputs: { x: [1, 3], condition: ['bool', []] },
      nodes: [
        node('y', 'If', ['condition'], { then_branch: branch('ReduceSum', [0]), else_branch: branch('ReduceL2', [0]) }),
      ],
      outputs: ['y'],
    })
    const upgraded = upgradeOpset(before)
    expect(textOf(upgraded)).toEqual([
      'y = If(condition) {then_branch=[z = ReduceSum(x, ReduceSum:z/axes)] else_branch=[z = ReduceL2(x, ReduceL2:z/axes)]}',
    ])
    const { x } = randomFeeds({ ...before, inputs: before.inputs.slice(0, 1) })
    for (const taken of [0, 1]) {
      const feeds = { x, condition: { dataType: 'bool', dims: [], data: Uint8Array.of(taken) } } as TensorMap
      await expectSameOutputs(before, upgraded, { feeds })
    }
  })
})

describe('upgradeOpset', () => {
  it('never writes to the old graph', () => {
    const before = graphOf({
      opset: 7,
      inputs: image,
      nodes: [node('y', 'Clip', ['x'], { max: 0.5 })],
      outputs: ['y'],
    })
    const text = textOf(before)
    const upgraded = upgradeOpset(before)
    expect(textOf(before)).toEqual(text)
    expect(before.initializers.size).toBe(0)
    expect(tensorElements(upgraded.initializers.get('Clip:y/max') ?? ints())).toEqual(Float32Array.of(0.5))
  })

  it('leaves a graph of the same or a newer operator set, and nodes of other domains', () => {
    const newer = graphOf({ opset: 22, inputs: image, nodes: [node('y', 'Relu', ['x'])], outputs: ['y'] })
    expect(upgradeOpset(newer)).toBe(newer)
    const custom = { ...node('y', 'Softmax', ['x']), domain: 'com.example' }
    const old = graphOf({ opset: 9, inputs: image, nodes: [custom], outputs: ['y'] })
    expect(upgradeOpset(old).nodes).toEqual([custom])
  })

  it.each<[Node, string, number?]>([
    [
      node('y', 'BatchNormalization', ['x', 'x', 'x', 'x', 'x'], { spatial: 0 }),
      'Node BatchNormalization:y (BatchNormalization) cannot be brought to operator set 9: its statistics are of each position (spatial = 0), which newer versions do not have.',
    ],
    [
      node('z y', 'BatchNormalization', ['x', 'x', 'x', 'x', 'x']),
      'Node BatchNormalization:z (BatchNormalization) cannot be brought to operator set 14: its batch statistics are read: it is in training.',
    ],
    [
      node('y', 'Scan', ['', 'x']),
      'Node Scan:y (Scan) cannot be brought to operator set 9: it lost its batch axis and its sequence lengths.',
    ],
    [
      node('y', 'Resize', ['x', 'x']),
      'Node Resize:y (Resize) cannot be brought to operator set 11: it takes the nearest element, with scales that are not known or both enlarge and shrink.',
    ],
    [
      node('y', 'Resize', ['x', 'x', 'x'], { coordinate_transformation_mode: 'tf_half_pixel_for_nn' }),
      'Node Resize:y (Resize) cannot be brought to operator set 13: its coordinates tf_half_pixel_for_nn exist no more, and only their floor has another name.',
      11,
    ],
    [
      node('y', 'Experimental', ['x']),
      'Node Experimental:y (Experimental) cannot be brought to operator set 21: Pare does not know how this operator changed.',
    ],
  ])('refuses what it cannot say exactly: $op', (old, message, opset = 8) => {
    const graph = graphOf({ opset, inputs: { x: [3] }, nodes: [old], outputs: ['y'] })
    expect(() => upgradeOpset(graph)).toThrow(expect.objectContaining({ code: 'MODEL_UPGRADE', message }))
  })

  it('refuses channels that do not make whole groups', () => {
    const grouped = node('y', 'GroupNormalization', ['x', 's', 's'], { num_groups: 2 })
    const graph = graphOf({
      opset: 18,
      inputs: { x: [1, 5, 4] },
      initializers: { s: floats([2], [1, 1]) },
      nodes: [grouped],
      outputs: ['y'],
    })
    expect(() => upgradeOpset(graph)).toThrow(
      expect.objectContaining({
        code: 'MODEL_UPGRADE',
        message: expect.stringContaining('its 5 channels are no 2 groups of one size'),
      }),
    )
  })

  it('has a case for every rule, and a word on every operator that Pare knows', () => {
    const seen = new Set(Object.values(cases).flatMap(({ nodes }) => nodes.map(({ op }) => op)))
    const covered = new Set([...seen, 'GroupNormalization'])
    expect(Object.values(upgrades).filter(({ ops }) => !ops.some(op => covered.has(op)))).toEqual([])
    const own = Object.values(operators).filter(({ domain }) => domain === '')
    expect(own.map(({ op }) => op).filter(op => !compatibleChanges.has(op))).toEqual([])
  })
})
