import {
  type AttributeInput,
  type AttributeSpecs,
  type AttributeValues,
  byName,
  type GraphBuilder,
  type InputValues,
  type Node,
  readAttributes,
  type TensorType,
  type Value,
} from '@pare/core-graph'

/** The domain of composites: no runtime knows it, so they are replaced before anything runs. */
export const compositeDomain = 'pare'

/**
 * One step of a backward pass as a single node, which says what is to be computed and not how: `expandComposites`
 * writes it in standard ONNX operators, `lower` in what is fastest on one provider.
 */
export interface Composite<
  Op extends string = string,
  Inputs extends readonly string[] = readonly string[],
  Outputs extends readonly string[] = readonly string[],
  Attributes extends AttributeSpecs = AttributeSpecs,
> {
  readonly op: Op
  readonly inputs: Inputs
  readonly outputs: Outputs
  readonly attributes: Attributes
  /** Types and shapes of the outputs. */
  readonly types: (
    values: InputValues<Inputs, Value>,
    attributes: AttributeValues<Attributes>,
  ) => Readonly<Record<Outputs[number], TensorType>>
  /** Each output in standard ONNX operators: a new value, made when it is asked for. */
  readonly expand: (
    b: GraphBuilder,
    values: InputValues<Inputs, Value>,
    attributes: AttributeValues<Attributes>,
  ) => Readonly<Record<Outputs[number], () => Value>>
}

/** The registry's view of a composite, whichever it is. */
export interface AnyComposite {
  readonly op: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: AttributeSpecs
  expand(b: GraphBuilder, values: never, attributes: never): Readonly<Record<string, () => Value>>
}

export const defineComposite = <
  const Op extends string,
  const Inputs extends readonly string[],
  const Outputs extends readonly string[],
  const Attributes extends AttributeSpecs,
>(
  composite: Composite<Op, Inputs, Outputs, Attributes>,
): Composite<Op, Inputs, Outputs, Attributes> => Object.freeze(composite)

/** Makes a node of a composite; gives its outputs by name. */
export function addComposite<
  Inputs extends readonly string[],
  Outputs extends readonly string[],
  Attributes extends AttributeSpecs,
>(
  b: GraphBuilder,
  composite: Composite<string, Inputs, Outputs, Attributes>,
  values: InputValues<Inputs, Value>,
  attributes: AttributeValues<Attributes>,
): Readonly<Record<Outputs[number], Value>> {
  const given: Readonly<Record<string, Value | undefined>> = values as never
  const types: Readonly<Record<string, TensorType>> = composite.types(values, attributes)
  const made = b.node(
    composite.op,
    composite.inputs.map(name => given[name.replace('?', '')]),
    attributes as Readonly<Record<string, AttributeInput>>,
    {
      domain: compositeDomain,
      outputTypes: composite.outputs.flatMap(name => types[name] ?? []),
      specs: composite.attributes,
    },
  )
  return byName(composite.outputs, made) as Readonly<Record<Outputs[number], Value>>
}

/** What a composite's node reads, by name, as the builder knows it, and its attributes. */
export function readComposite(b: GraphBuilder, composite: AnyComposite, node: Node) {
  const values = byName(
    composite.inputs,
    node.inputs.map(name => (name ? b.value(name) : undefined)),
  )
  return { values: values as never, attributes: readAttributes(node, composite.attributes) as never }
}
