import { readdirSync, readFileSync } from 'node:fs'
import { type Graph, inferTypes, loadModel, simplify } from '@pare/core-graph'
import { createModel } from '@pare/models'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { randomGraph } from '../testing/random-graph.ts'
import { difference, expectCutIsMasked, outputsOf, randomCuts, withRandomFloats } from '../testing/same-outputs.ts'
import { type ChannelCuts, type ChannelGroup, channelGroups } from './channel-groups.ts'
import { cutChannels } from './cut-channels.ts'

const small = { width: 0.125, input: [1, 28, 28] as [number, number, number], classes: 10 }
const exported = new URL('../../../../e2e/models/trainable/', import.meta.url)
/** Weights that layers share, that old files list as inputs, half floats, sizes that are computed, other exporters. */
const others = [
  'pytorch-dynamic-shapes',
  'pytorch-float16',
  'pytorch-opset-9',
  'pytorch-tied-dynamo',
  'pytorch-transformer-torchscript',
  'tf2onnx-opset-11',
].map(name => `../${name}.onnx`)
const graphs = [
  ...(['mobilenet-v1', 'mobilenet-v2', 'resnet'] as const).map(id => [id, createModel(id, small)] as const),
  ...[...readdirSync(exported).filter(file => file.endsWith('.onnx')), ...others].map(
    file => [file, simplify(loadModel(readFileSync(new URL(file, exported)))).graph] as const,
  ),
].map(([name, graph]) => [name, withRandomFloats(graph)] as const)

describe.each(graphs)('%s', (_, graph) => {
  test('without any channels, it computes what it does where nothing reads them', async () => {
    const cut = await expectCutIsMasked(graph, randomCuts(graph, 1))
    expect(difference(await outputsOf(cut), await outputsOf(graph))).toBeGreaterThan(1e-3)
  })

  test('cut in two steps it is what it is cut at once', () => {
    const cuts = randomCuts(graph, 3)
    expectSameCut(cutChannels(graph, cuts), inTwoSteps(graph, cuts))
  })
})

/**
 * The cuts of groups that are still there, less what is cut. What is left may make other groups: two channels a group of
 * a convolution become one, which is depthwise then.
 */
function lasting(graph: Graph, cuts: ChannelCuts): ChannelCuts {
  const left = new Map(channelGroups(cutChannels(graph, cuts)).groups.map(({ name, channels }) => [name, channels]))
  const stays = ({ name, channels }: ChannelGroup) => left.get(name) === channels - (cuts.get(name)?.length ?? 0)
  const names = channelGroups(graph)
    .groups.filter(stays)
    .map(({ name }) => name)
  return new Map(names.map(name => [name, cuts.get(name) ?? []]))
}

/** The first half of each group's cuts, then the others, whose numbers have changed. */
function inTwoSteps(graph: Graph, cuts: ChannelCuts) {
  const halves = [...cuts].map(([name, all]) => {
    const channels = all.toSorted((a, b) => a - b)
    return {
      name,
      first: channels.filter((_, index) => index % 2 === 0),
      second: channels.filter((_, index) => index % 2 === 1),
    }
  })
  const once = cutChannels(graph, new Map(halves.map(({ name, first }) => [name, first])))
  const rest = halves.map(
    ({ name, first, second }) => [name, second.map(c => c - first.filter(other => other < c).length)] as const,
  )
  return cutChannels(once, new Map(rest))
}

function expectSameCut(a: Graph, b: Graph) {
  const sizes = ({ initializers }: typeof a) => [...initializers].map(([name, { dims }]) => `${name} ${dims}`).sort()
  expect(sizes(a)).toEqual(sizes(b))
  for (const [name, tensor] of a.initializers) expect(b.initializers.get(name)).toEqual(tensor)
  expect(a.nodes).toEqual(b.nodes)
}

describe('any graph of any layers', () => {
  test('computes without channels what it does where nothing reads them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async seed => {
        const graph = randomGraph(seed)
        await expectCutIsMasked(
          graph,
          randomCuts(graph, seed),
          graph.nodes.some(({ op }) => op === 'QuantizeLinear') ? 0.05 : 1e-4,
        )
      }),
      { numRuns: 40 },
    )
  })

  test('cut in two steps is what it is cut at once', () => {
    fc.assert(
      fc.property(fc.nat(), seed => {
        const graph = randomGraph(seed)
        const cuts = lasting(graph, randomCuts(graph, seed))
        expectSameCut(cutChannels(graph, cuts), inTwoSteps(graph, cuts))
      }),
      { numRuns: 40 },
    )
  })

  test('has places for channels in all shapes that are known', () => {
    fc.assert(
      fc.property(fc.nat(), seed => {
        const graph = randomGraph(seed)
        const { values } = inferTypes(graph)
        for (const { value, axis, indices } of channelGroups(graph).groups.flatMap(group => group.values))
          for (const place of indices.flat()) expect(place).toBeLessThan(Number(values.get(value)?.shape?.[axis]))
      }),
      { numRuns: 20 },
    )
  })
})
