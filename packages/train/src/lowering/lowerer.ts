import {
  createRewriter,
  elementCount,
  type Graph,
  type GraphBuilder,
  graphIndex,
  inferTypes,
  isKnown,
  type Node,
  tensorNumbers,
  type Value,
} from '@pare/core-graph'
import type { formOf } from './formulations.ts'
import type { Form, Image, Operand, Rows } from './lowering.ts'

/** What rules work with: the graph under construction, and the layouts that its values are there in. */
export interface Lowerer {
  readonly b: GraphBuilder
  /** Number of images that lie side by side. */
  readonly block: number
  /** Chooses how convolutions are computed. */
  readonly formOf: typeof formOf
  operand(name: string): Operand
  /** The plain shape of a value that is there or will be, where it is known. */
  sizes(name: string): readonly number[] | undefined
  /** Its sizes as images that can be had in rows: the batch is a multiple of the block. */
  image(name: string): Image | undefined
  /** The number that a value is, if it is a constant one. */
  number(name: string): number | undefined
  /** The only node that reads a value, unless it is an output of the graph. */
  soleUser(name: string): Node | undefined
  /** Says that nodes that follow are computed already, with the one that they read: gives the form of the last's output. */
  fused(nodes: readonly Node[], form: Form): void
  isDone(node: Node): boolean
  /** Says, once, what was not lowered and why. */
  note(message: string): void
  readonly notes: ReadonlySet<string>
  /** Whether a value of the original graph is there already. */
  isMade(name: string): boolean
  /** Says in which layout a value of the original graph is there. */
  made(name: string, form: Form): void
  /** Makes something once for each key: what several nodes read. */
  shared(key: string, make: () => Value): Value
}

interface Forms {
  plain?: Value
  rows?: Rows
  repeated?: Value
}

/** A lowerer that begins with a graph's inputs and initializers. */
export function createLowerer(graph: Graph, block: number, choose: typeof formOf): Lowerer {
  const b = createRewriter(graph)
  const types = inferTypes(graph).values
  const all = new Map<string, Forms>()
  const sharedValues = new Map<string, Value>()
  const index = graphIndex(graph)
  const done = new Set<Node>()
  const notes = new Set<string>()
  const sizesOf = (name: string) => {
    const shape = types.get(name)?.shape
    return isKnown(shape) ? shape : undefined
  }
  const imageFor = (name: string) => {
    const sizes = sizesOf(name)
    return sizes && imageOf(sizes, block)
  }
  const made = (name: string, form: Form) => {
    all.set(name, 'rows' in form ? { rows: form } : { ...form })
  }

  const formsOf = (name: string): Forms => {
    const known = all.get(name)
    if (known) return known
    const forms = { plain: b.value(name) }
    all.set(name, forms)
    return forms
  }

  const operand = (name: string): Operand => {
    const sizes = sizesOf(name)
    const image = imageFor(name)
    const forms = formsOf(name)
    const sizesInRows = (): Image => {
      if (image) return image
      throw new Error(`${name} cannot be had in rows.`)
    }
    const scaledRows = (): Rows => {
      forms.rows ??= {
        rows: forms.repeated
          ? repeat(b, forms.repeated, sizesInRows(), block)
          : fromPlain(b, plain(), sizesInRows(), block),
      }
      return forms.rows
    }
    const rows = (): Value => {
      const { rows: values, scale } = scaledRows()
      if (!scale) return values
      const scaled = b.Mul(values, b.Reshape(scale, b.ints(-1, 1)))
      forms.rows = { rows: scaled }
      return scaled
    }
    const plain = (): Value => {
      forms.plain ??= toPlain(b, rows(), sizesInRows(), block)
      return forms.plain
    }
    return {
      name,
      dataType: types.get(name)?.dataType,
      sizes,
      image,
      isBlocked: forms.rows !== undefined || forms.repeated !== undefined,
      plain,
      rows,
      scaledRows,
      repeated: () => forms.repeated,
    }
  }

  return {
    b,
    block,
    formOf: choose,
    operand,
    sizes: sizesOf,
    image: imageFor,
    number: name => {
      const { constant } = types.get(name) ?? {}
      return constant && elementCount(constant.dims) === 1 ? tensorNumbers(constant)[0] : undefined
    },
    soleUser: name => {
      const [user, ...others] = index.users.get(name) ?? []
      return others.length === 0 && !index.outputs.has(name) ? user : undefined
    },
    isMade: name => all.has(name),
    made,
    fused: (nodes, form) => {
      for (const node of nodes) done.add(node)
      made(nodes.at(-1)?.outputs[0] ?? '', form)
    },
    isDone: node => done.has(node),
    note: message => {
      notes.add(message)
    },
    notes,
    shared: (key, make) => {
      const value = sharedValues.get(key) ?? make()
      sharedValues.set(key, value)
      return value
    },
  }
}

function imageOf(sizes: readonly number[], block: number): Image | undefined {
  const [batch = 0, channels = 0, ...spatial] = sizes
  if (sizes.length < 2 || batch === 0 || batch % block !== 0) return undefined
  const area = elementCount(spatial)
  return { batch, channels, spatial, area, elements: batch * area }
}

/**
 * [N, C, *s] → [C, N/b · s · b], in two steps, each of which the runtime has a fast way for: one axis moved to the end, and
 * whole runs of numbers put in another order (12 ms instead of 55 for 50 MB).
 */
function fromPlain(b: GraphBuilder, plain: Value, { batch, channels, area }: Image, block: number): Value {
  const blocks = batch / block
  const beside = b.Transpose(b.Reshape(plain, b.ints(blocks, block, channels * area)), { perm: [0, 2, 1] })
  const swapped = b.Transpose(b.Reshape(beside, b.ints(blocks, channels, area * block)), { perm: [1, 0, 2] })
  return b.Reshape(swapped, b.ints(channels, -1))
}

/** [C, N/b · s · b] → [N, C, *s] */
function toPlain(b: GraphBuilder, rows: Value, { batch, channels, spatial, area }: Image, block: number): Value {
  const blocks = batch / block
  const swapped = b.Transpose(b.Reshape(rows, b.ints(channels, blocks, area * block)), { perm: [1, 0, 2] })
  const apart = b.Transpose(b.Reshape(swapped, b.ints(blocks, channels * area, block)), { perm: [0, 2, 1] })
  return b.Reshape(apart, b.ints(batch, channels, ...spatial))
}

/** [C, N], the same for all pixels of an image → [C, N/b · s · b] */
function repeat(b: GraphBuilder, values: Value, { batch, channels, area }: Image, block: number): Value {
  const shape = [channels, batch / block, area, block]
  const spread = b.Expand(b.Reshape(values, b.ints(channels, batch / block, 1, block)), b.ints(...shape))
  return b.Reshape(spread, b.ints(channels, -1))
}
