import {
  type DataSource,
  type Executor,
  type Graph,
  isFloat,
  type ProgressListener,
  simplify,
  upgradeOpset,
} from '@pare/core-graph'
import { checkInputs, compareModels, type LayerFidelity } from '@pare/evaluate'
import { equalize, isEqualized } from '../equalize.ts'
import { type OutputFidelity, outputFidelity, referenceOutputs } from '../output-fidelity.ts'
import { planQuantization } from '../plan.ts'
import { chooseNodes, type QuantizedNode, ruleOf } from '../quantized-nodes.ts'
import type { Sampling } from '../range-store.ts'
import { type LayerSaturation, saturation } from '../saturation.ts'
import { type AsQuantized, asQuantized } from './as-quantized.ts'
import type { Cause, Layer, RecipeChange, Suspicion, WholeModel } from './cause.ts'
import { causes } from './causes/registry.ts'
import { experimenter, gainOf } from './experiment.ts'
import { figure } from './figures.ts'
import { type Observed, observe } from './observe.ts'
import { rescaled } from './rescaled.ts'

/** What the models are looked at with. */
export interface ExplainOptions {
  readonly executor: Executor
  /** Samples on which int8 does worse than it should; labels are not used. */
  readonly source: DataSource
  /** Samples for quantizing again. Default: `source`. */
  readonly calibration?: DataSource
  /** Samples that models are compared on, at most. Default 64. */
  readonly samples?: number
  /** How many of the worst layers are looked into. Default 5. */
  readonly layers?: number
  /** Default 0. */
  readonly seed?: number
  readonly signal?: AbortSignal
  /** Counts the experiments. */
  readonly progress?: ProgressListener
}

/** What came of trying something. */
export interface Experiment {
  /** The change of the recipe that it stands for. */
  readonly change: RecipeChange
  readonly before: OutputFidelity
  readonly after: OutputFidelity
  /** How much of the outputs' SQNR comes back, in dB; of two exact models 0. */
  readonly gain: number
}

/** A likely cause, with its evidence. */
export interface Finding {
  /** Id of the cause. */
  readonly cause: string
  readonly title: string
  /** The layers that it was found in, the worst first; none for the whole model. */
  readonly nodes: readonly string[]
  /** What was found and what came of the experiment, in plain words. */
  readonly sentence: string
  /** What to do. */
  readonly advice: string
  readonly figures: Readonly<Record<string, number | string>>
  /** The best of what was tried; undefined where there is nothing to try. */
  readonly experiment: Experiment | undefined
  /** Whether the experiment brought something back, or needs not to. */
  readonly confirmed: boolean
}

/** One of the layers that lose most. */
export interface ExplainedLayer {
  readonly node: string
  readonly op: string
  /** Signal-to-quantization-noise ratio of what it makes, in dB. */
  readonly sqnr: number | null
  /** The noise that it adds to what it reads, as a share of its signal's energy. */
  readonly noise: number
  /** What comes back with it in float. */
  readonly inFloat: Experiment
  /** Id of the likely cause; undefined where none was confirmed. */
  readonly cause: string | undefined
}

/** Why an int8 model is worse than its float one. Plain JSON data. */
export interface Explanation {
  readonly before: OutputFidelity
  readonly samples: number
  /** The likeliest first; those that no experiment confirmed at the end. */
  readonly findings: readonly Finding[]
  /** The worst first. */
  readonly layers: readonly ExplainedLayer[]
  readonly notes: readonly string[]
}

/**
 * Says why an int8 model is worse than the float one that it was made of. Layers are ranked by the noise that they add to
 * what they read; for each of the worst, every cause (see `causes`) looks for its signs, and is tried: the model is
 * quantized again with the one change that would mend it, and compared on the same samples. What brings most back is the
 * likeliest cause.
 *
 * Nodes and values of both models are matched by name, in the form that `quantizeStatic` gives (QDQ); int8 models by
 * other tools will do where they keep names.
 *
 * @param float before quantization, simplified or not
 * @throws what `simplify`, `compareModels` and the executor throw; the reason of an aborted signal
 */
export async function explain(float: Graph, int8: Graph, options: ExplainOptions): Promise<Explanation> {
  const { executor, source, calibration = source, samples = 64, layers: most = 5, seed = 0, signal, progress } = options
  const reference = referenceFor(float, int8)
  const made = asQuantized(reference, upgradeOpset(int8))
  const common = { executor, batchSize: 16, seed, ...(signal && { signal }) }
  const sampling: Sampling = { ...common, calibration, samples: Math.max(samples, 128) }
  const outputs = await referenceOutputs(reference, { ...common, calibration: source, samples })
  const shuffled = inOrderOf(source, seed)
  const { layers: fidelities } = await compareModels(reference, int8, {
    executor,
    source: shuffled,
    limit: samples,
    ...(signal && { signal }),
  })
  const before = await outputFidelity(int8, executor, outputs)
  const plan = planQuantization(reference, { quantization: made.quantization, keep: made.keep })
  const nodes = chooseNodes(reference, { keep: made.keep }).nodes
  const worst = worstLayers(nodes, fidelities).slice(0, most)
  const values = new Set([
    ...plan.groups.flatMap(group => group.values),
    ...nodes.flatMap(node => [...node.data, ...node.outputs]),
  ])
  const observed = await observe(
    reference,
    [...values],
    worst.flatMap(({ node }) => node.data),
    {
      ...common,
      calibration: source,
      samples,
    },
  )
  const kernels = await kernelsOf(int8, before, outputs, options)
  const experiments = experimenter({ reference, made, sampling, outputs, progress })
  const remade = await experiments.remade()
  const groups = new Map(plan.groups.flatMap(group => group.values.map(value => [value, group.values] as const)))
  const together = (value: string) => groups.get(value) ?? [value]
  const explained: ExplainedLayer[] = []
  const findings: Finding[] = []

  const model: WholeModel = {
    warnings: await checkInputs(float, { executor, source, ...(signal && { signal }) }),
    inputs: inputsOf(reference, made, observed),
    before,
    withInput: async (name, from, to) => {
      const mapped = rescaled(source, name, from, to)
      return outputFidelity(
        int8,
        executor,
        await referenceOutputs(reference, { ...common, calibration: mapped, samples }),
      )
    },
  }
  for (const cause of Object.values<Cause>(causes)) {
    const suspicion = cause.inModel?.(model)
    if (suspicion) findings.push(await tried(cause, undefined, suspicion, experiments.try))
  }
  for (const { node, sqnr, noise } of worst) {
    signal?.throwIfAborted()
    const { name, op } = node.node
    const own: Finding[] = []
    const layer = { ...layerOf(reference, node, made, observed, kernels), together }
    for (const cause of Object.values<Cause>(causes)) {
      const suspicion = cause.inLayer?.(layer)
      if (suspicion) own.push(await tried(cause, name, suspicion, experiments.try))
    }
    const inFloat = await experiments.try({ 'quant.static': { exclude: [name] } })
    const [likely] = own.filter(({ confirmed }) => confirmed).sort(likelierFirst)
    explained.push({ node: name, op, sqnr, noise, inFloat, cause: likely?.cause })
    findings.push(...own)
  }
  return {
    before,
    samples: outputs.reduce((sum, { batch }) => sum + batch.size, 0),
    findings: merged(findings).sort(likelierFirst),
    layers: explained,
    notes: remadeNotes(before, remade),
  }
}

/** The float model as it was when it was quantized. */
function referenceFor(float: Graph, int8: Graph): Graph {
  const { graph } = simplify(float)
  if (!isEqualized(int8)) return graph
  const relus = new Set(int8.nodes.filter(({ op }) => op === 'Relu').map(({ name }) => name))
  return equalize(graph, { replaceClip: graph.nodes.some(({ op, name }) => op === 'Clip' && relus.has(name)) }).graph
}

/** The same samples in the order of a shuffle: files are often sorted by class. */
const inOrderOf = (source: DataSource, seed: number): DataSource => ({
  size: source.size,
  labelled: source.labelled,
  batches: options =>
    source.batches({ ...options, ...(source.shuffles === false ? {} : { shuffle: { seed, epoch: 0 } }) }),
})

interface WorstLayer {
  readonly node: QuantizedNode
  readonly sqnr: number | null
  readonly noise: number
}

/** Noise and signal are energies; what a layer adds is what it has more than its noisiest input, each beside its signal. */
function worstLayers(nodes: readonly QuantizedNode[], fidelities: readonly LayerFidelity[]): readonly WorstLayer[] {
  const known = new Map(fidelities.map(({ value, sqnr }) => [value, sqnr]))
  const noiseOf = (value: string) => {
    const sqnr = known.get(value)
    return typeof sqnr === 'number' ? 10 ** (-sqnr / 10) : 0
  }
  return nodes
    .filter(({ node }) => ruleOf(node)?.role === 'computes')
    .map(node => {
      const value = node.outputs[0] ?? node.node.outputs[0] ?? ''
      const noise = noiseOf(value) - Math.max(0, ...node.data.map(noiseOf))
      return { node, sqnr: known.get(value) ?? null, noise: Math.max(0, noise) }
    })
    .sort((a, b) => b.noise - a.noise)
}

const inputsOf = ({ inputs }: Graph, { affines }: AsQuantized, { range }: Observed) =>
  inputs.flatMap(({ name, type }) => {
    const own = type && isFloat(type.dataType) ? range(name) : undefined
    return own ? [{ name, range: own, affine: affines.get(name) }] : []
  })

interface Kernels {
  readonly layers: ReadonlyMap<string, LayerSaturation>
  readonly loss: Layer['kernelLoss']
}

/** Kernels that round otherwise than the specification says differ by less, in dB. */
const otherRounding = 3

/** Whether the kernels of this CPU give other results than exact arithmetic, and in which layers they would. */
async function kernelsOf(
  int8: Graph,
  run: OutputFidelity,
  outputs: Awaited<ReturnType<typeof referenceOutputs>>,
  { executor, source, signal }: ExplainOptions,
): Promise<Kernels> {
  const exact = await outputFidelity(int8, executor, outputs, { fusesQuantization: false })
  if (gainOf(run, exact) < otherRounding) return { layers: new Map(), loss: undefined }
  const layers = await saturation(int8, { executor, source, ...(signal && { signal }) })
  return { layers: new Map(layers.map(layer => [layer.node, layer])), loss: { exact, run } }
}

const layerOf = (
  graph: Graph,
  node: QuantizedNode,
  { affines, oneScale }: AsQuantized,
  observed: Observed,
  { layers, loss }: Kernels,
): Omit<Layer, 'together'> => ({
  ...node,
  ...observed,
  graph,
  oneScale: oneScale.has(node.node.name),
  affine: value => affines.get(value),
  weights: observed.weights(node.node),
  saturation: layers.get(node.node.name),
  kernelLoss: loss,
})

/** From so many dB on an experiment has brought something back. */
const worthwhile = 1

async function tried(
  { id, title }: Cause,
  node: string | undefined,
  { evidence, figures, changes, advice, experiment }: Suspicion,
  attempt: (change: RecipeChange) => Promise<Experiment>,
): Promise<Finding> {
  const [first] = changes
  const results: Experiment[] = []
  if (experiment && first) {
    const { before, after } = await experiment()
    results.push({ change: first, before, after, gain: gainOf(before, after) })
  } else for (const change of changes) if ('quant.static' in change) results.push(await attempt(change))
  const [best] = results.sort((a, b) => b.gain - a.gain)
  const confirmed = best === undefined || best.gain >= worthwhile
  return {
    cause: id,
    title,
    nodes: node === undefined ? [] : [node],
    sentence: best ? `${evidence} ${outcome(best)}` : evidence,
    advice,
    figures,
    experiment: best,
    confirmed,
  }
}

const outcome = ({ before, after, gain }: Experiment): string => {
  const agreement =
    before.agreement === undefined || after.agreement === undefined
      ? ''
      : `, and the same top class from ${percent(before.agreement)} to ${percent(after.agreement)} of the samples`
  return gain >= worthwhile
    ? `Tried out, mending it takes the outputs from ${decibels(before)} to ${decibels(after)}${agreement}.`
    : `Tried out, though, mending it does not help: ${decibels(before)} became ${decibels(after)}.`
}

const percent = (share: number) => `${figure(100 * share)} %`
const decibels = ({ sqnr }: OutputFidelity) => (sqnr === null ? 'exact' : `${sqnr.toFixed(1)} dB`)

/** What the samples are decides all else; then what brings most back. */
const likelierFirst = (a: Finding, b: Finding): number =>
  Number(b.confirmed) - Number(a.confirmed) ||
  Number(a.nodes.length > 0) - Number(b.nodes.length > 0) ||
  (b.experiment?.gain ?? 0) - (a.experiment?.gain ?? 0)

/** One finding for all layers that the same change mends, in the words of the worst of them. */
function merged(findings: readonly Finding[]): Finding[] {
  const groups = Map.groupBy(findings, ({ cause, experiment }) => `${cause} ${JSON.stringify(experiment?.change)}`)
  return [...groups.values()].flatMap(([first, ...others]) =>
    first ? [{ ...first, nodes: [...first.nodes, ...others.flatMap(({ nodes }) => nodes)] }] : [],
  )
}

/** From so many dB on, the int8 model was made in a way that is not known here. */
const otherwise = 3

const remadeNotes = (before: OutputFidelity, remade: OutputFidelity): string[] =>
  Math.abs(gainOf(before, remade)) < otherwise
    ? []
    : [
        `Quantized again from the float model, with the ranges of the int8 one, the outputs come to ${decibels(remade)}, not ${decibels(before)}: its weights were trained, or rounded in another way. What experiments bring back is told against the model that was made again.`,
      ]
