import {
  createBuilder,
  type Graph,
  type GraphBuilder,
  ModelError,
  matchInitializers,
  type TrainableTensor,
} from '@pare/core-graph'
import { differentiate } from './autodiff.ts'
import { nextAverages, trainingForm } from './batch-norm-training.ts'
import { expressions } from './expression.ts'
import { type Frozen, frozenAt, patternOf } from './frozen.ts'
import type { LossTerm } from './loss.ts'
import { addObjective, type Targets } from './objective.ts'
import { createStepState, initializerOf, type StateTensor, type StepState } from './step-state.ts'
import type { TrainOptions } from './train-options.ts'
import { checkInitializers, checkKnown, decays, parametersToTrain, sourcesOf } from './trained-parameters.ts'
import { accumulate, averageModel, update } from './update.ts'

/**
 * A training step as one graph: forward, loss, backward, the optimizer's update and BatchNormalization's averages.
 * The backward part is of composites: `expandComposites` makes it standard ONNX, `lower` fast.
 */
export interface StepGraph {
  /** Its inputs are those of the model, the targets, the learning rate and the state. */
  readonly graph: Graph
  /**
   * Only adds the gradients to those of the batches before; to be run `accumulate − 1` times before each run of `graph`,
   * which takes their mean. It has a part of the state only, by the same names. Undefined for 1.
   */
  readonly accumulation: Graph | undefined
  /** The model as it was given. */
  readonly model: Graph
  /** Inputs beside those of the model and the state. */
  readonly feeds: {
    /** Shares of the classes, float `[N, K]`; undefined where the loss takes none. */
    readonly targets: (Targets & { readonly labelSmoothing: number }) | undefined
    /** Name of the input of the learning rate, float `[]`; of `graph` only. */
    readonly learningRate: string
  }
  /** What a step changes, by the name of its input. */
  readonly state: ReadonlyMap<string, StateTensor>
  readonly outputs: {
    /** Name of the output of the loss, `[]`. */
    readonly loss: string
    /** Names of the outputs of its terms without their weights, `[]`, by the names of the terms. */
    readonly terms: ReadonlyMap<string, string>
    /** Name of the output of the scores of the classes, `[N, K]`; undefined for a model that has none. */
    readonly logits: string | undefined
  }
  /** Names of the parameters that it trains. */
  readonly trained: readonly string[]
}

/** What a strategy adds to the training of a model, by names of tensors of the model. */
export interface StepAdditions {
  /** Terms of the loss beside those of the options. */
  readonly terms?: readonly LossTerm[]
  /** Initializers to be trained that no operator calls trainable, such as a learned scale. */
  readonly trainable?: readonly (string | TrainableTensor)[]
  /** Patterns of weights that stay, as those of the option `freeze`; of the model's own state too. */
  readonly frozen?: readonly Frozen[]
  /** Initializers that the model itself changes, and the value that each is after a step. */
  readonly state?: ReadonlyMap<string, string>
  /** For epochs from this one on: what is frozen by then stays as the epochs before left it. Default: the first. */
  readonly phase?: Phase
}

/** A later part of a training, whose step has the same state as that of the first. */
export interface Phase {
  readonly epoch: number
  readonly first: StepGraph
}

export type StepOptions = Pick<
  TrainOptions,
  'optimizer' | 'loss' | 'labelSmoothing' | 'accumulate' | 'clipNorm' | 'average' | 'freeze'
>

/**
 * Makes the training step of a model.
 * @param model with a fixed batch size (`withInputShapes`), operator set 21
 * @throws ModelError `MODEL_GRADIENT` when an operator has no gradient, `MODEL_TRAIN` when there is nothing to train or
 *   the loss does not go with the model; RecipeError `RECIPE_LOSS`, `RECIPE_NO_MATCH` for terms and patterns that do not
 */
export function stepGraph(model: Graph, options: StepOptions, additions: StepAdditions = {}): StepGraph {
  checkKnown(model)
  const { terms = [], trainable = [], frozen = [], state: ownState = new Map<string, string>(), phase } = additions
  const { epoch = 1, first } = phase ?? {}
  checkInitializers(model, ownState.keys())
  const kept = [...options.freeze, ...frozen]
  matchInitializers(model, kept.map(patternOf), 'freeze')
  const added = trainable.map(tensor => (typeof tensor === 'string' ? { name: tensor, gradientScale: 1 } : tensor))
  const scales = new Map(added.map(({ name, gradientScale }) => [name, gradientScale]))
  const candidates = parametersToTrain(model, { freeze: frozenAt(kept, epoch), trainable: [...scales.keys()] })
  const { graph: training, statistics } = trainingForm(model, ({ inputs: [, scale = '', shift = ''] }) =>
    [scale, shift].some(name => candidates.has(name)),
  )
  const { graph: forward, targets, ...outputs } = withObjective(training, model, [...options.loss, ...terms])

  // What the loss does not depend on, such as the layers before another output, is not trained.
  const sources = sourcesOf(forward, outputs.loss)
  const trained = [...candidates].filter(name => sources.has(name) && !ownState.has(name))
  if (trained.length === 0) throw nothingToTrain(model, candidates)
  const learning = statistics.filter(({ node }) => sources.has(node.outputs[0] ?? ''))
  const averages = learning.flatMap(({ runningMean, runningVariance }) => [runningMean, runningVariance])
  // What stays from now on is no initializer of the model: its value is where the steps before have left it.
  const held = [...(first?.state.keys() ?? [])].filter(name => model.initializers.has(name) && !ownState.has(name))
  const changing = new Set([...trained, ...averages, ...ownState.keys(), ...held])
  const { graph: backward, gradients } = differentiate(asInputs(forward, changing), outputs.loss, trained)

  const begin = () => {
    const b = createBuilder(backward)
    const parameters = trained.map(name => {
      const gradient = b.value(gradients.get(name) ?? '')
      const scale = scales.get(name) ?? 1
      return {
        name,
        initial: initializerOf(model, name),
        gradient: scale === 1 ? gradient : b.scope(`scale/${name}`, () => b.Mul(gradient, b.scalar(scale))),
        decays: decays(model, name),
      }
    })
    return { b, parameters, state: createStepState(b, model, backward.outputs.length) }
  }
  const addStatistics = (b: GraphBuilder, state: StepState) => {
    for (const batch of learning)
      b.scope(`${batch.node.name}/averages`, () => {
        for (const [name, value] of nextAverages(b, batch)) state.next(name, value)
      })
  }
  const stays = matchInitializers(model, frozenAt(frozen, epoch), 'freeze')
  const addOwnState = (b: GraphBuilder, state: StepState) => {
    for (const [name, next] of ownState) state.next(name, b.Identity(b.value(stays.has(name) ? name : next)))
  }

  const { b, parameters, state } = begin()
  const { learningRate, step } = update(b, state, parameters, options)
  addStatistics(b, state)
  if (options.average !== undefined) averageModel(b, state, model, { decay: options.average, step: step(), held })
  addOwnState(b, state)
  const built = state.build()
  return {
    graph: built.graph,
    state: first ? continued(first.state, built.state) : built.state,
    accumulation: options.accumulate > 1 ? accumulation() : undefined,
    model,
    feeds: {
      learningRate: learningRate.name,
      targets: targets && { ...targets, labelSmoothing: options.labelSmoothing },
    },
    outputs,
    trained,
  }

  function accumulation(): Graph {
    const { b, parameters, state } = begin()
    accumulate(b, state, parameters)
    addStatistics(b, state)
    addOwnState(b, state)
    return state.build().graph
  }
}

/** The first step's state, and what a later one makes of it. */
const continued = (first: StepGraph['state'], later: StepGraph['state']): StepGraph['state'] =>
  new Map([...first].map(([name, tensor]) => [name, { ...tensor, next: later.get(name)?.next ?? tensor.next }]))

const nothingToTrain = (model: Graph, candidates: ReadonlySet<string>) =>
  new ModelError({
    code: 'MODEL_TRAIN',
    message: `The loss of the model ${model.name} depends on none of the weights to be trained: ${[...candidates].slice(0, 5).join(', ')}.`,
    hint: 'Freeze less, or take the loss from a tensor behind these weights.',
  })

/** Adds the objective; the outputs are then what is reported. */
function withObjective(graph: Graph, model: Graph, terms: readonly LossTerm[]) {
  const b = createBuilder({ ...graph, outputs: [] })
  const { loss, logits, targets, ...built } = addObjective(expressions(b), model, terms)
  for (const value of new Set([loss, ...built.terms.values(), ...(logits ? [logits] : [])])) b.output(value)
  return {
    graph: b.build(),
    targets,
    loss: loss.name,
    terms: new Map([...built.terms].map(([name, value]) => [name, value.name])),
    logits: logits?.name,
  }
}

/** Turns initializers into inputs of the same name. */
function asInputs(graph: Graph, names: Iterable<string>): Graph {
  const initializers = new Map(graph.initializers)
  const inputs = Array.from(names, name => {
    const { dataType, dims } = initializerOf(graph, name)
    initializers.delete(name)
    return { name, type: { dataType, shape: dims } }
  })
  return { ...graph, initializers, inputs: [...graph.inputs, ...inputs] }
}
