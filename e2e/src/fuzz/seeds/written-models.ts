import { type Graph, type Node, type Tensor, tensorOf } from '@pare/core-graph'
import { floats } from './built-models.ts'

const emptyBody = { inputs: [], outputs: [], nodes: [], initializers: new Map(), valueInfo: new Map() }
/** A node as it is written down, of any operator set. */
export const node = (
  op: string,
  inputs: string[],
  outputs: string[],
  attributes: Node['attributes'] = {},
  domain = '',
): Node => ({
  name: `${op}_${outputs[0]}`,
  op,
  domain,
  inputs,
  outputs,
  attributes,
})
export const value = (name: string, dataType: 'float32' | 'int64' | 'bool', shape: readonly (number | string)[]) => ({
  name,
  type: { dataType, shape },
})
export const graph = (parts: Partial<Graph>): Graph => ({
  ...emptyBody,
  name: 'graph',
  opsets: new Map([['', 21]]),
  metadata: new Map([['author', 'fuzz']]),
  functions: [],
  ...parts,
})

/** If and Loop, whose bodies take values from around them and hide others. */
export function controlFlow(): Graph {
  const branch = (name: string, op: string) => ({
    kind: 'graph' as const,
    value: {
      ...emptyBody,
      name,
      initializers: new Map([['k', floats([1])]]),
      nodes: [node('Identity', ['x'], [`${name}_i`]), node(op, [`${name}_i`, 'k'], [`${name}_y`])],
      outputs: [value(`${name}_y`, 'float32', ['N'])],
    },
  })
  const body = {
    kind: 'graph' as const,
    value: {
      ...emptyBody,
      name: 'body',
      inputs: [value('i', 'int64', []), value('go', 'bool', []), value('s', 'float32', ['N'])],
      nodes: [
        node('Identity', ['go'], ['go_on']),
        node('Add', ['s', 'x'], ['next']),
        node('Dropout', ['next'], ['scanned']),
      ],
      outputs: [value('go_on', 'bool', []), value('next', 'float32', ['N']), value('scanned', 'float32', ['N'])],
    },
  }
  return graph({
    inputs: [value('x', 'float32', ['N']), value('c', 'bool', [])],
    initializers: new Map([['count', tensorOf('int64', [], [3])]]),
    nodes: [
      node('If', ['c'], ['chosen'], { then_branch: branch('then', 'Add'), else_branch: branch('else', 'Mul') }),
      node('Loop', ['count', '', 'chosen'], ['last', 'all'], { body }),
    ],
    outputs: [value('last', 'float32', ['N']), value('all', 'float32', [3, 'N'])],
  })
}

const int = (value: number) => ({ kind: 'int' as const, value })
const ints = (...value: number[]) => ({ kind: 'ints' as const, value })
const float = (value: number) => ({ kind: 'float' as const, value })

/** The forms of operator sets 7 to 10, all of which are rewritten. */
export const opset7 = () =>
  graph({
    opsets: new Map([['', 7]]),
    inputs: [value('x', 'float32', ['N', 3, 4, 4])],
    initializers: new Map(['g', 'b', 'm', 'v'].map(name => [name, floats([3])])),
    nodes: [
      node('BatchNormalization', ['x', 'g', 'b', 'm', 'v'], ['n'], { epsilon: float(1e-5), spatial: int(1) }),
      node('Dropout', ['n'], ['d'], { ratio: float(0.5) }),
      node('Clip', ['d'], ['c'], { min: float(0), max: float(6) }),
      node('Pad', ['c'], ['p'], { pads: ints(0, 0, 1, 1, 0, 0, 1, 1), mode: { kind: 'string', value: 'constant' } }),
      node('Upsample', ['p'], ['u'], { scales: { kind: 'floats', value: [1, 1, 2, 2] } }),
      node('Slice', ['u'], ['s'], { axes: ints(2), starts: ints(1), ends: ints(-1) }),
      node('ReduceMean', ['s'], ['r'], { axes: ints(2, 3), keepdims: int(0) }),
      node('TopK', ['r'], ['t', 'where'], { k: int(2) }),
      node('Unsqueeze', ['t'], ['q'], { axes: ints(0) }),
      node('Split', ['q'], ['h1', 'h2'], { axis: int(2), split: ints(1, 1) }),
      node('Softmax', ['h1'], ['y'], { axis: int(1) }),
    ],
    outputs: [value('y', 'float32', [1, 'N', 1])],
  })

/** Resize, ReduceSum, Squeeze and Softmax as operator set 11 has them. */
export const opset11 = () =>
  graph({
    opsets: new Map([['', 11]]),
    inputs: [value('x', 'float32', [2, 3, 4, 4])],
    initializers: new Map<string, Tensor>([
      ['sizes', tensorOf('int64', [4], [2, 3, 8, 8])],
      ['none', tensorOf('float32', [0], [])],
    ]),
    nodes: [
      node('Resize', ['x', 'none', 'none', 'sizes'], ['r'], { mode: { kind: 'string', value: 'linear' } }),
      node('ReduceSum', ['r'], ['s'], { axes: ints(-1), keepdims: int(1) }),
      node('Squeeze', ['s'], ['q'], { axes: ints(3) }),
      node('Softmax', ['q'], ['y']),
    ],
    outputs: [value('y', 'float32', [2, 3, 8])],
  })

/** A tensor of each element type that JavaScript can hold, strings and attributes of each kind. */
export function types(): Graph {
  const number = [
    'float64',
    'uint8',
    'int8',
    'uint16',
    'int16',
    'int32',
    'int64',
    'bool',
    'float16',
    'uint32',
    'uint64',
    'bfloat16',
  ] as const
  const initializers = new Map<string, Tensor>(number.map(type => [type, tensorOf(type, [2], [1, 1])]))
  const small = ['uint4', 'int4', 'uint2', 'float8e4m3fn', 'complex64'] as const
  for (const dataType of small)
    initializers.set(dataType, {
      dataType,
      dims: [2],
      storage: {
        kind: 'bytes',
        bytes: new Uint8Array({ uint4: 1, int4: 1, uint2: 1, float8e4m3fn: 2, complex64: 16 }[dataType]),
      },
    })
  const names = [...initializers.keys()]
  return graph({
    opsets: new Map([
      ['', 21],
      ['custom', 1],
    ]),
    inputs: [value('x', 'float32', [2])],
    initializers,
    nodes: [
      ...names.map(name => node('Identity', [name], [`${name}_`])),
      node(
        'Custom',
        ['x', '', ...names.map(name => `${name}_`)],
        ['y', ''],
        {
          f: float(1.5),
          i: int(2),
          s: { kind: 'string', value: 'text' },
          t: { kind: 'tensor', value: floats([2]) },
          fs: { kind: 'floats', value: [1, 2] },
          is: ints(1, 2),
          ss: { kind: 'strings', value: ['a', '__proto__'] },
        },
        'custom',
      ),
    ],
    outputs: [value('y', 'float32', [2])],
  })
}
