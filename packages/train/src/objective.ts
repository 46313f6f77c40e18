import {
  type Graph,
  inferTypes,
  isFloat,
  isKnown,
  ModelError,
  nearest,
  RecipeError,
  type Value,
} from '@pare/core-graph'
import { z } from 'zod'
import type { Expressions } from './expression.ts'
import type { AnyLoss, LossTerm } from './loss.ts'
import { losses } from './losses/registry.ts'

const registry: ReadonlyMap<string, AnyLoss> = new Map(Object.entries(losses) as unknown as Iterable<[string, AnyLoss]>)

/** The input of the targets: for each sample the share of every class. */
export interface Targets {
  readonly name: string
  /** `[N, K]` */
  readonly dims: readonly [batch: number, classes: number]
}

/** What training makes small. */
export interface Objective {
  /** The weighted sum of the terms, `[]`. */
  readonly loss: Value
  /** Each term without its weight, `[]`, by its name. */
  readonly terms: ReadonlyMap<string, Value>
  /** Undefined where no term takes targets. */
  readonly targets: Targets | undefined
  /** What is compared with the targets, or else the model's only output if it is `[N, K]`. */
  readonly logits: Value | undefined
}

/**
 * Adds the weighted sum of loss terms, and the input of the targets where a term takes them.
 * @param model whose outputs stand for what a term does not name
 * @throws ModelError `MODEL_TRAIN` when the terms do not go with the model; RecipeError `RECIPE_LOSS` for a term that is
 *   not valid
 */
export function addObjective(ops: Expressions, model: Graph, terms: readonly LossTerm[]): Objective {
  const b = ops.builder
  const built = new Map<string, Value>()
  let targets: { readonly input: Value; readonly logits: Value } | undefined
  let total: Value | undefined

  const targetsFor = (logits: Value): Value => {
    const [batch, classes] = targetShape(model, logits)
    targets ??= { input: b.input('targets', logits.dataType, [batch, classes]), logits }
    const { input } = targets
    if (`${input.shape}` === `${logits.shape}`) return input
    throw mismatch(`The targets have the shape [${input.shape}], but ${logits.name} has [${logits.shape}].`)
  }

  /** The tensors that a term says or means, by the loss's names. */
  const tensorsOf = (loss: AnyLoss, options: LossTerm): ReadonlyMap<string, Value> => {
    const values = new Map<string, Value>()
    const sources = Object.entries(loss.inputs)
    for (const [input, source] of sources) {
      const named = options[input]
      if (typeof named === 'string') values.set(input, namedValue(ops, model, named, `${loss.id}: ${input}`))
      else if (source === 'output') values.set(input, b.value(onlyOutput(model, loss.id)))
    }
    // Targets have the shape of what they are compared with.
    const [compared] = values.values()
    if (!compared) throw mismatch(`The loss ${loss.id} takes targets and nothing to compare them with.`)
    for (const [input] of sources) if (!values.has(input)) values.set(input, targetsFor(compared))
    for (const input of loss.logits ?? []) checkLogits(model, loss, values.get(input)?.name)
    return values
  }

  for (const term of terms) {
    const { loss, options } = resolved(term)
    const values = tensorsOf(loss, options)
    const name = freeName(options.name ?? loss.id, built)
    const value = b.scope(`loss/${name}`, () => loss.build(ops, Object.fromEntries(values) as never, options as never))
    if (value.shape?.length !== 0)
      throw mismatch(`The loss ${loss.id} gives a tensor [${value.shape ?? '?'}], not one number.`)
    built.set(name, value)
    const weighted = options.weight === 1 ? value : ops.mul(value, options.weight)
    total = total ? ops.add(total, weighted) : weighted
  }
  if (!total) throw mismatch(`There is no loss to train the model ${model.name} by.`)
  return {
    loss: total,
    terms: built,
    targets: targets && { name: targets.input.name, dims: targetShape(model, targets.logits) },
    logits: targets?.logits ?? classScores(ops, model),
  }
}

function resolved(term: LossTerm): {
  readonly loss: AnyLoss
  readonly options: LossTerm & { readonly weight: number }
} {
  const loss = typeof term.loss === 'string' ? registry.get(term.loss) : term.loss
  if (!loss)
    throw new RecipeError({
      code: 'RECIPE_LOSS',
      message: `There is no loss ${term.loss}.`,
      hint: `There are ${[...registry.keys()].join(', ')}.`,
    })
  const { data, error } = loss.term.safeParse({ ...term, loss: loss.id })
  if (data) return { loss, options: data }
  throw new RecipeError({
    code: 'RECIPE_LOSS',
    message: `The loss term ${loss.id} is not valid: ${z.prettifyError(error)}`,
    hint: 'Correct the options named.',
    cause: error,
  })
}

function namedValue(ops: Expressions, model: Graph, name: string, wantedBy: string): Value {
  const { values } = inferTypes(model)
  if (values.has(name)) return ops.builder.value(name)
  const near = nearest(name, values.keys()).slice(0, 3)
  throw new RecipeError({
    code: 'RECIPE_LOSS',
    message: `${wantedBy}: the model ${model.name} has no tensor ${name} of a known type.`,
    hint: `The nearest are ${near.map(({ word }) => word).join(', ')}; \`pare inspect --json\` lists the tensors of each node.`,
  })
}

function onlyOutput(model: Graph, loss: string): string {
  const [output, ...others] = model.outputs
  if (output && others.length === 0) return output.name
  throw new ModelError({
    code: 'MODEL_TRAIN',
    message: `The model ${model.name} has ${model.outputs.length} outputs, and the loss ${loss} does not say which it takes.`,
    hint: `Name one in the loss term: ${model.outputs.map(({ name }) => name).join(', ')}.`,
  })
}

/** @throws ModelError `MODEL_TRAIN` for what a Softmax made: a second one would level all differences between classes */
function checkLogits(model: Graph, loss: AnyLoss, name: string | undefined): void {
  const node = model.nodes.find(({ op, outputs }) => op === 'Softmax' && outputs.some(output => output === name))
  if (!node) return
  throw new ModelError({
    code: 'MODEL_TRAIN',
    message: `The loss ${loss.id} takes logits, but ${name} are probabilities: node ${node.name} (Softmax) made them.`,
    hint: `Name what that node reads in the loss term: ${node.inputs[0]}.`,
    node,
  })
}

/** The shape of class scores, which targets have too. */
function targetShape(model: Graph, { shape, dataType }: Value): readonly [batch: number, classes: number] {
  const [batch, classes] = shape ?? []
  if (isFloat(dataType) && shape?.length === 2 && typeof batch === 'number' && typeof classes === 'number') {
    if (classes > 1) return [batch, classes]
    throw mismatch(`The model ${model.name} has scores of one class only, which all samples are of.`)
  }
  throw new ModelError({
    code: 'MODEL_TRAIN',
    message: `The model ${model.name} is no classifier: it must have one output [N, classes].`,
    hint: 'Take the layers after the logits off, or name the logits [N, classes] in the loss term.',
  })
}

/** The model's only output, if it can be scores of classes. */
function classScores(ops: Expressions, { outputs }: Graph): Value | undefined {
  const [output, ...others] = outputs
  if (!output || others.length > 0) return undefined
  const value = ops.builder.value(output.name)
  return isKnown(value.shape) && value.shape.length === 2 ? value : undefined
}

function freeName(wished: string, taken: ReadonlyMap<string, unknown>): string {
  let name = wished
  for (let count = 2; taken.has(name); count++) name = `${wished}-${count}`
  return name
}

const mismatch = (message: string) =>
  new ModelError({
    code: 'MODEL_TRAIN',
    message,
    hint: 'A loss term compares tensors of the model and gives one number: see `loss` in the training options.',
  })
