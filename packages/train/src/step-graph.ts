import {
  createBuilder,
  elementCount,
  type Graph,
  inferTypes,
  isFloat,
  ModelError,
  operatorOf,
  type Tensor,
  tensorOf,
  type Value,
} from '@pare/core-graph'
import { gradientError, gradientOf, gradients } from './autodiff.ts'
import { nextAverages, trainingForm } from './batch-norm-training.ts'
import { crossEntropy } from './cross-entropy.ts'
import { sgd } from './sgd.ts'
import type { TrainOptions } from './train-options.ts'

/** A training step as one graph: forward, loss, backward, the optimizer's update and BatchNormalization's averages. */
export interface StepGraph {
  /** Its inputs are those of the model, the labels, the learning rate and the state. */
  readonly graph: Graph
  /** The model as it was given. */
  readonly model: Graph
  readonly classes: number
  /** Name of the input of the classes, int32 `[N]`. */
  readonly labels: string
  /** Name of the input of the learning rate, `[]`. */
  readonly learningRate: string
  /** Name of the output of the loss, `[]`. */
  readonly loss: string
  /** Name of the output of the logits, `[N, K]`. */
  readonly logits: string
  /** What a step changes, by the name of its input: parameters, running statistics and velocities. */
  readonly state: ReadonlyMap<string, StateTensor>
}

export interface StateTensor {
  /** Before the first step. */
  readonly initial: Tensor
  /** Name of the output that has it after a step. */
  readonly next: string
  /** Whether it is an initializer of the model, by the same name. */
  readonly ofModel: boolean
}

/**
 * Makes the training step of a classifier with the output `[N, K]`.
 * @param model with a fixed batch size (`withInputShapes`), operator set 21
 * @throws ModelError `MODEL_GRADIENT` when an operator has no gradient, `MODEL_TRAIN` when there is nothing to train
 */
export function stepGraph(model: Graph, options: Pick<TrainOptions, 'optimizer' | 'labelSmoothing'>): StepGraph {
  for (const { node, reason } of inferTypes(model).unknown)
    throw gradientError(node, `cannot be differentiated: ${reason}`, 'Train a model without this operator.')
  const { graph: training, statistics } = trainingForm(model)
  const parameters = trainableParameters(training)
  if (parameters.length === 0)
    throw new ModelError({
      code: 'MODEL_TRAIN',
      message: `The model ${model.name} has no weights that can be trained.`,
      hint: 'Weights are initializers of type float32 that a Conv, Gemm, MatMul, Add or BatchNormalization reads.',
    })
  const averages = statistics.flatMap(({ runningMean, runningVariance }) => [runningMean, runningVariance])
  const { graph: forward, ...names } = withLoss(
    asInputs(training, [...new Set([...parameters, ...averages])]),
    options.labelSmoothing,
  )
  const { graph: backward, gradients: gradientNames } = gradients(forward, names.loss, parameters)

  const b = createBuilder(backward)
  const state = new Map<string, StateTensor>()
  const keep = (name: string, next: Value, initial: Tensor, ofModel: boolean) => {
    b.output(next)
    state.set(name, { initial, next: next.name, ofModel })
  }
  const learningRate = b.input('learning_rate', 'float32', [])
  for (const name of parameters) {
    const initial = initializerOf(model, name)
    const { dataType, dims } = initial
    const velocity = b.input(`velocity/${name}`, dataType, dims)
    const inputs = {
      parameter: b.value(name),
      gradient: b.value(gradientNames.get(name) ?? ''),
      velocity,
      learningRate,
    }
    // Vectors are biases, scales and shifts: decaying them does not regularize (He et al. 2019, "Bag of Tricks", 3.1).
    const weightDecay = dims.length > 1 ? options.optimizer.weightDecay : 0
    const next = b.scope(`optimizer/${name}`, () => sgd(b, inputs, { ...options.optimizer, weightDecay }))
    keep(name, next.parameter, initial, true)
    keep(velocity.name, next.velocity, tensorOf(dataType, dims, new Float32Array(elementCount(dims))), false)
  }
  for (const batch of statistics)
    b.scope(`${batch.node.name}/averages`, () => {
      for (const [name, value] of nextAverages(b, batch)) keep(name, value, initializerOf(model, name), true)
    })
  return { ...names, model, learningRate: learningRate.name, state, graph: b.build() }
}

/** The float32 initializers that a gradient rule calls trainable and that are no single numbers, once each. */
export function trainableParameters(graph: Graph): readonly string[] {
  const names = new Set<string>()
  for (const node of graph.nodes) {
    const { inputs = [] } = operatorOf(node) ?? {}
    const trainable = gradientOf(node)?.trainable ?? []
    for (const [place, spec] of inputs.entries()) {
      const name = node.inputs[place] ?? ''
      const tensor = graph.initializers.get(name)
      if (
        tensor &&
        tensor.dataType === 'float32' &&
        tensor.dims.length > 0 &&
        trainable.includes(spec.replace('?', ''))
      )
        names.add(name)
    }
  }
  return [...names]
}

/** Turns initializers into inputs of the same name. */
function asInputs(graph: Graph, names: readonly string[]): Graph {
  const initializers = new Map(graph.initializers)
  const inputs = names.map(name => {
    const { dataType, dims } = initializerOf(graph, name)
    initializers.delete(name)
    return { name, type: { dataType, shape: dims } }
  })
  return { ...graph, initializers, inputs: [...graph.inputs, ...inputs] }
}

function initializerOf({ initializers }: Graph, name: string): Tensor {
  const tensor = initializers.get(name)
  if (tensor) return tensor
  throw new Error(`${name} is no initializer.`)
}

/** Adds the labels and the loss; the outputs are then the logits and the loss. */
function withLoss(
  graph: Graph,
  smoothing: number,
): Pick<StepGraph, 'graph' | 'classes' | 'labels' | 'loss' | 'logits'> {
  const [output, ...others] = graph.outputs
  const b = createBuilder(graph)
  const logits = output && b.value(output.name)
  const [batch, classes] = logits?.shape ?? []
  if (
    !logits ||
    others.length > 0 ||
    !isFloat(logits.dataType) ||
    logits.shape?.length !== 2 ||
    batch === undefined ||
    typeof classes !== 'number'
  )
    throw new ModelError({
      code: 'MODEL_TRAIN',
      message: `The model ${graph.name} is no classifier: it must have one output [N, classes].`,
      hint: 'Take the layers after the logits, and all other outputs, off.',
    })
  const labels = b.input('labels', 'int32', [batch])
  const loss = b.scope('loss', () => crossEntropy(b, logits, labels, smoothing))
  b.output(loss)
  return { graph: b.build(), classes, labels: labels.name, loss: loss.name, logits: logits.name }
}
