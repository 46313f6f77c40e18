import { readFileSync } from 'node:fs'
import {
  cost,
  type Finding,
  inferTypes,
  isFloat,
  loadModel,
  ModelError,
  type Node,
  saveModel,
  simplify,
  upgradeOpset,
  validate,
  withOutputs,
} from '@pare/core-graph'
import { isQuantized, quantizeStatic } from '@pare/quant'
import { readModel } from '@pare/runtime'
import { describe, expect, test } from 'vitest'
import {
  calibrationFor,
  cosine,
  executor,
  feedsFor,
  fixtures,
  relativeDifference,
  run,
} from './testing/model-fixture.ts'
import { modelsTable } from './testing/models-table.ts'

const countedBy = <Item>(items: readonly Item[], key: (item: Item) => string): Record<string, number> => {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1)
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
}

const isError = ({ severity }: Finding) => severity === 'error'

const fullName = ({ domain, op }: Pick<Node, 'domain' | 'op'>) => (domain ? `${domain}.${op}` : op)

describe.for(fixtures)('$name', fixture => {
  const load = () => readModel(fixture.path)

  test('is saved as it was loaded, byte for byte', async () => {
    const graph = await load()
    const { model } = saveModel(graph)
    const inAnotherFile = [...graph.initializers.values()].flatMap(({ storage }) =>
      storage.kind === 'external' ? [storage] : [],
    )
    if (inAnotherFile.length === 0) {
      expect(Buffer.compare(model, readFileSync(fixture.path))).toBe(0)
      return
    }
    // What lay in a second file comes into this one, or goes into a new second file, and is the same when it is read again.
    const data = readFileSync(`${fixture.path}.data`)
    for (const { proto, read } of inAnotherFile) {
      const [offset = 0, length = 0] = ['offset', 'length'].map(key =>
        Number(proto.externalData.find(entry => entry.key === key)?.value),
      )
      expect(Buffer.compare(read(), data.subarray(offset, offset + length))).toBe(0)
    }
    const apart = saveModel(graph, { external: { location: 'weights', threshold: 1 } })
    const weights = Buffer.concat(apart.externalData)
    const again = loadModel(apart.model, {
      readExternal: (_, offset, length) => weights.subarray(offset, offset + length),
    })
    expect(Buffer.compare(saveModel(again).model, model)).toBe(0)
  })

  test('is valid, and stays so when it is simplified', async () => {
    const graph = await load()
    expect(validate(graph, { loaded: true }).filter(isError)).toEqual([])
    expect(validate(simplify(graph).graph).filter(isError)).toEqual([])
  })

  test('types and shapes are inferred as onnxruntime makes them', async () => {
    const graph = await load()
    const upgraded = upgradeOpset(graph)
    const { values, unknown } = inferTypes(upgraded)
    const unsaid = unknown.filter(({ reason }) => reason.startsWith('no shape rule'))
    expect([...new Set(unsaid.map(({ node }) => fullName(node)))].sort()).toEqual(fixture.unknown)
    const names = upgraded.nodes.flatMap(node => node.outputs).filter(name => values.has(name))
    const observed = await run(withOutputs(upgraded, names), feedsFor(graph, fixture, 1))
    const symbols = new Map<string, number>()
    let open = 0
    for (const name of names) {
      const { dataType, shape } = values.get(name) ?? {}
      const seen = observed[name]
      if (!seen) {
        expect({ name, dataType }).toEqual({ name, dataType: 'string' })
        continue
      }
      if (!shape?.every(size => size !== null)) open++
      const said = shape?.map((size, axis) => {
        const there = seen.dims[axis] ?? -1
        if (typeof size === 'number') return size
        if (size !== null && !symbols.has(size)) symbols.set(size, there)
        return size === null ? there : symbols.get(size)
      })
      expect({ name, dataType, dims: said ?? seen.dims }).toEqual({ name, dataType: seen.dataType, dims: seen.dims })
    }
    expect(open).toBe(fixture.openShapes)
  })

  test('computes the same upgraded and simplified', async () => {
    const graph = await load()
    const feeds = feedsFor(graph, fixture, 2)
    const wanted = await run(graph, feeds)
    const { graph: simple } = simplify(graph)
    expect([graph.nodes.length, simple.nodes.length]).toEqual(fixture.nodes)
    for (const changed of [upgradeOpset(graph), simple]) {
      const got = await run(changed, feeds)
      expect(Object.keys(got)).toEqual(Object.keys(wanted))
      for (const [name, tensor] of Object.entries(wanted)) {
        expect(got[name]).toMatchObject({ dataType: tensor.dataType, dims: tensor.dims })
        expect(relativeDifference(tensor, got[name])).toBeLessThan(tensor.dataType === 'float16' ? 2e-3 : 1e-5)
      }
    }
  })

  test('is quantized, or says why not, node by node', async () => {
    const graph = await load()
    const { quantized: expected } = fixture
    const context = { executor, calibration: calibrationFor(graph, fixture) }
    if ('refused' in expected) {
      const attempt = quantizeStatic(graph, context)
      await expect(attempt).rejects.toBeInstanceOf(ModelError)
      await expect(attempt).rejects.toMatchObject({ code: expected.refused })
      return
    }
    const { graph: int8, details } = await quantizeStatic(graph, context)
    const { graph: float } = simplify(graph)
    expect({
      nodes: countedBy(details.quantized, fullNameOf(float.nodes)),
      kept: countedBy(details.kept, ({ reason }) => withoutNames(reason)),
    }).toEqual({ nodes: expected.nodes, kept: expected.kept })

    // Nothing is left float silently: each node that makes floats is quantized or told.
    const told = new Set([...details.quantized, ...details.kept].map(({ node }) => node))
    const { values } = inferTypes(float)
    const makesFloats = (name: string) => isFloat(values.get(name)?.dataType ?? 'undefined')
    expect(float.nodes.filter(node => node.outputs.some(makesFloats) && !told.has(node.name))).toEqual([])

    // Nor is a weight stored twice silently, as int8 and as float.
    const twice = [...int8.initializers.keys()].filter(name => int8.initializers.has(`${name}/q`))
    expect(twice.filter(name => !details.kept.some(({ tensor }) => tensor === name))).toEqual([])
    expect(validate(int8).filter(isError)).toEqual([])
    expect(isQuantized(int8)).toBe(details.quantized.length > 0)
    expect(saveModel(int8).model.length / saveModel(float).model.length).toBeLessThanOrEqual(expected.size)
    const feeds = feedsFor(graph, fixture, 3)
    const wanted = await run(graph, feeds)
    for (const optimize of [false, true]) {
      const got = await run(int8, feeds, optimize)
      for (const [name, tensor] of Object.entries(wanted)) {
        expect(got[name]).toMatchObject({ dataType: tensor.dataType, dims: tensor.dims })
        if (isFloat(tensor.dataType)) expect(cosine(tensor, got[name])).toBeGreaterThanOrEqual(expected.cosine)
      }
    }
  })
})

/** A reason without the names of the model's values. */
const withoutNames = (reason: string) =>
  reason
    .replace(/^the type of .+ is not known$/, 'the type of a value is not known')
    .replace(/^.+ is (\w+), not float32$/, 'a value is $1, not float32')
    .replace(/ \(.+\)/, '')

/** A node's operator by its name. */
function fullNameOf(nodes: readonly Node[]) {
  const byName = new Map(nodes.map(node => [node.name, fullName(node)]))
  return ({ node }: { readonly node: string }) => byName.get(node) ?? node
}

test('one network counts the same in every form that tools give it', async () => {
  const forms = fixtures.filter(({ name }) =>
    /^(pytorch-(cnn-.*|opset-9|external-data|float16)|onnxruntime-(qdq|qoperator))$/.test(name),
  )
  const counts = await Promise.all(
    forms.map(async ({ name, path }) => {
      const { graph } = simplify(await readModel(path))
      const batch = Number(graph.inputs[0]?.type?.shape?.[0]) || 1
      const { macs, parameters } = cost(graph).total
      return { name, macs: macs / batch, parameters }
    }),
  )
  // By hand: the stem, blocks of 16→16, 16→24 and 24→24 channels with 64, 64 and 96 inside, and 10 classes.
  expect(counts).toEqual(forms.map(({ name }) => ({ name, macs: 1_530_096, parameters: 12_442 })))
})

test('the table of docs/models.md is what the tests hold', () => {
  expect(readFileSync(new URL('../../docs/models.md', import.meta.url), 'utf8')).toContain(modelsTable(fixtures))
})
