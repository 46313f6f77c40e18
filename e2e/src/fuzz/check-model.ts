import { isDeepStrictEqual } from 'node:util'
import {
  cost,
  type Finding,
  type Graph,
  inferTypes,
  loadModel,
  saveModel,
  simplify,
  targets,
  tensorBytes,
  upgradeOpset,
  validate,
  withInputShapes,
} from '@pare/core-graph'
import { planQuantization } from '@pare/quant'
import { attempt, must, Violation } from './attempt.ts'
import type { Draw } from './draw.ts'
import { modelView } from './model-view.ts'
import { externalBytes } from './seeds/model-seeds.ts'

const options = {
  readExternal: (_: string, offset: number, length: number) => externalBytes.subarray(offset, offset + length),
}
const load = (bytes: Uint8Array) => loadModel(bytes, options)

/** The way of a model through core-graph and quant, as far as it goes; what was loaded must save, and load the same. */
export async function checkModel(bytes: Uint8Array, draw: Draw): Promise<string> {
  const target = draw.pick(Object.values(targets))
  const graph = await attempt('load', () => load(bytes))
  if (!graph) return 'refused'
  await checkSaved('loaded', graph)
  await attempt('infer', () => inferTypes(graph))
  await attempt('cost', () => cost(graph, { convention: draw.pick(['macs', 'v1.4']) }))
  await attempt('tensors', () => [...graph.initializers.values()].map(tensorBytes))
  const shaped = await attempt('withInputShapes', () => withInputShapes(graph, someShapes(graph, draw)))
  if (shaped) await attempt('infer with input shapes', () => inferTypes(shaped))
  const upgraded = await attempt('upgradeOpset', () => upgradeOpset(graph))
  if (upgraded) await checkSaved('upgraded', upgraded)
  const source = shaped && draw.oneIn(2) ? shaped : graph
  const simple = await attempt('simplify', () => simplify(source).graph)
  if (!simple) return 'loaded'
  await checkSaved('simplified', simple)
  const findings = await must('validate', () => validate(source))
  const broken = await must('validate simplified', () => validate(simple))
  if (isValid(findings) && !isValid(broken))
    throw new Violation(`a valid model became an invalid one: ${broken.map(({ message }) => message).join(' ')}`)
  await must('validate as loaded', () => validate(graph, { loaded: true, target }))
  await attempt('cost of simplified', () => cost(simple))
  await attempt('plan', () => planQuantization(simple, { quantization: target.quantization }))
  return 'simplified'
}

const isValid = (findings: readonly Finding[]) => findings.every(({ severity }) => severity !== 'error')

/** What Pare writes, it reads; it reads the same, and writes it the same again. */
async function checkSaved(what: string, graph: Graph): Promise<void> {
  // External data may be missing, which is found when it is used.
  const saved = await attempt(`save ${what}`, () => saveModel(graph))
  if (!saved) return
  const { model } = saved
  const again = await must(`load ${what}`, () => load(model))
  if (!isDeepStrictEqual(modelView(graph), modelView(again)))
    throw new Violation(`${what}: the model that was saved and loaded is not the same`)
  if (Buffer.compare(model, saveModel(again).model) !== 0)
    throw new Violation(`${what}: the model that was saved and loaded is saved as other bytes`)
  const external = await attempt(`save ${what} with external data`, () =>
    saveModel(graph, { external: { location: 'weights', threshold: 8 } }),
  )
  if (external) await must(`load ${what} with external data`, () => load(external.model))
}

/** Shapes for some inputs: those that they state, with numbers for symbols, or others. */
function someShapes({ inputs }: Graph, draw: Draw): Record<string, number[]> {
  const size = () => draw.pick([1, 2, 8, 8, 0, -1, 2 ** 31, 2 ** 53, 0.5, Number.NaN])
  return Object.fromEntries(
    inputs
      .filter(() => draw.below(4) > 0)
      .map(({ name, type }) => [
        name,
        (type?.shape ?? [null]).map(dimension =>
          draw.oneIn(20) ? size() : typeof dimension === 'number' ? dimension : draw.pick([1, 2, 3, 8]),
        ),
      ]),
  )
}
