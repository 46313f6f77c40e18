import { ModelError, type Value } from '@pare/core-graph'
import { z } from 'zod'
import type { Expressions } from './expression.ts'

/**
 * Where a loss takes a tensor from when a term does not name one: the model's only output; the targets, made of the
 * samples' classes; or nowhere, so that it must be named.
 */
export type TensorSource = 'output' | 'targets' | 'named'

type Sources = Readonly<Record<string, TensorSource>>

/** A measure of how wrong a model is: built of tensors of the graph, made small by training. */
export interface Loss<Id extends string, Inputs extends Sources, Options extends z.ZodRawShape> {
  /** What a term says after `loss:`; kebab-case. */
  readonly id: Id
  /** One sentence for help and forms. */
  readonly description: string
  /** The tensors that it compares, and where each comes from. */
  readonly inputs: Inputs
  /** Those that a softmax is taken of here, so that it must not have been taken of them in the model. Default: none. */
  readonly logits?: readonly (keyof Inputs & string)[]
  readonly options: Options
  /** The loss `[]`: a mean over the batch, so that its size does not depend on the batch's. */
  readonly build: (
    ops: Expressions,
    values: { readonly [Name in keyof Inputs]: Value },
    options: z.output<z.ZodObject<Options>>,
  ) => Value
}

/** What a term of the objective says: its loss and weight, tensors by name, the loss's own options. */
type Term<Id extends string, Inputs extends Sources, Options extends z.ZodRawShape> = z.ZodObject<
  {
    loss: z.ZodLiteral<Id>
    weight: z.ZodDefault<z.ZodNumber>
    name: z.ZodOptional<z.ZodString>
  } & { [Name in keyof Inputs]: Inputs[Name] extends 'named' ? z.ZodString : z.ZodOptional<z.ZodString> } & Options,
  z.core.$strict
>

/** The registry's view of a loss, whatever its inputs and options. */
export interface AnyLoss {
  readonly id: string
  readonly description: string
  readonly inputs: Sources
  readonly logits?: readonly string[]
  readonly term: z.ZodType<LossTerm & { readonly weight: number }>
  build(ops: Expressions, values: never, options: never): Value
}

/** One term of the objective, as it is written: the loss by its id, or one of the caller's own. */
export interface LossTerm {
  readonly loss: string | AnyLoss
  /** Default 1. */
  readonly weight?: number | undefined
  /** Names it in what is reported. Default: the loss's id. */
  readonly name?: string | undefined
  /** The loss's tensors, by their names in the graph, and its options. */
  readonly [option: string]: unknown
}

const sourceText: Readonly<Record<TensorSource, string>> = {
  output: 'Tensor of the model, by its name. Default: its only output',
  targets: 'Tensor of the model, by its name. Default: the targets, made of the classes of the samples',
  named: 'Tensor of the model, by its name',
}

/** Adds the schema of a term with this loss; returns the loss frozen. */
export function defineLoss<const Id extends string, const Inputs extends Sources, Options extends z.ZodRawShape>(
  loss: Loss<Id, Inputs, Options>,
): Loss<Id, Inputs, Options> & { readonly term: Term<Id, Inputs, Options> } {
  const tensors = Object.entries(loss.inputs).map(([name, source]) => {
    const tensor = z.string().min(1)
    return [name, (source === 'named' ? tensor : tensor.optional()).describe(sourceText[source])]
  })
  const term = z.strictObject({
    loss: z.literal(loss.id).describe(loss.description),
    weight: z.number().default(1).describe('Factor of this term in the sum'),
    name: z.string().min(1).optional().describe("Names the term in what is reported. Default: the loss's id"),
    ...Object.fromEntries(tensors),
    ...loss.options,
  })
  return Object.freeze({ ...loss, term: term as unknown as Term<Id, Inputs, Options> })
}

/**
 * Two tensors that are compared element by element: broadcast, each would be compared with the other's repetitions.
 * @throws ModelError `MODEL_TRAIN` when their shapes differ
 */
export function checkSameShape(first: Value, second: Value): void {
  if (`${first.shape}` === `${second.shape}`) return
  throw new ModelError({
    code: 'MODEL_TRAIN',
    message: `A loss compares ${first.name} [${first.shape ?? '?'}] with ${second.name} [${second.shape ?? '?'}], whose shapes differ.`,
    hint: 'Name two tensors of the same shape in the loss term; `pare inspect --json` lists those of each node.',
  })
}
