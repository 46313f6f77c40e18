import { type Draw, strangeNames, strangeNumbers } from './draw.ts'
import { type Field, fieldBytes, isMessage, parseFields, varintBytes } from './protobuf-tree.ts'

const utf8 = new TextEncoder()

/** Every field of a model by the path of indices that leads to it. */
function pathsOf(fields: readonly Field[], before: readonly number[] = []): number[][] {
  return fields.flatMap((field, index) => {
    const path = [...before, index]
    return isMessage(field) ? [path, ...pathsOf(field.value, path)] : [path]
  })
}

/** The model with the field at a path replaced by others. */
function replaceAt(fields: readonly Field[], path: readonly number[], by: readonly Field[]): readonly Field[] {
  const [index = 0, ...rest] = path
  const field = fields[index]
  const inner = field && rest.length > 0 && isMessage(field)
  const made = inner ? [{ number: field.number, value: replaceAt(field.value, rest, by) }] : by
  return fields.toSpliced(index, 1, ...made)
}

function fieldAt(fields: readonly Field[], path: readonly number[]): Field | undefined {
  const [index = 0, ...rest] = path
  const field = fields[index]
  return field && rest.length > 0 && isMessage(field) ? fieldAt(field.value, rest) : field
}

/** A field of another value; packed numbers are taken for bytes, into which numbers are written. */
function changedField(field: Field, draw: Draw, others: readonly Field[]): Field {
  const { number, value } = field
  if (typeof value === 'bigint') return { number, value: draw.oneIn(3) ? value + 1n : draw.pick(strangeNumbers) }
  if (value instanceof Uint8Array) {
    const choice = draw.below(4)
    if (choice === 0) return { number, value: utf8.encode(draw.pick(strangeNames)) }
    if (choice === 1) return { number, value: Buffer.concat([value, varintBytes(draw.pick(strangeNumbers))]) }
    if (choice === 2)
      return { number, value: Buffer.concat(Array.from({ length: 4 }, () => varintBytes(draw.pick(strangeNumbers)))) }
    // Another name of the model: this makes cycles, duplicates, and inputs of the wrong type.
    const names = others.filter(other => other.value instanceof Uint8Array)
    return names.length > 0 ? { number, value: draw.pick(names).value } : field
  }
  if (isMessage(field)) {
    const same = others.filter(isMessage)
    return { number, value: same.length > 0 ? draw.pick(same).value : [] }
  }
  return { number, value: { fixed: Uint8Array.from({ length: draw.pick([4, 8]) }, () => draw.pick([0, 0x7f, 0xff])) } }
}

/** A graph inside a node of another domain inside a graph, and so on; `levels` of them. Field numbers are those of onnx.proto. */
export function nestedGraph(graph: readonly Field[], levels: number): readonly Field[] {
  let nested = graph
  for (let level = 0; level < levels; level++) {
    const attribute: Field[] = [
      { number: 1, value: utf8.encode('body') },
      { number: 6, value: nested },
      { number: 20, value: 5n },
    ]
    const node: Field[] = [
      { number: 1, value: utf8.encode('') },
      { number: 2, value: utf8.encode(`out${level}`) },
      { number: 4, value: utf8.encode('Nest') },
      { number: 5, value: attribute },
      { number: 7, value: utf8.encode('custom') },
    ]
    nested = [{ number: 1, value: node }]
  }
  return nested
}

function nest(model: readonly Field[], draw: Draw): readonly Field[] {
  const levels = draw.pick([1, 2, 10, 30, 31, 32, 33, 34, 100, draw.oneIn(20) ? 10_000 : 300])
  return model.map(field =>
    field.number === 7 && isMessage(field) ? { number: 7, value: nestedGraph(field.value, levels) } : field,
  )
}

/** Some changes of fields: another value, one less, one more, two exchanged, graphs nested deep. */
export function mutateModel(bytes: Uint8Array, draw: Draw, other: Uint8Array): Uint8Array {
  let model = parseFields(bytes)
  if (draw.oneIn(60)) return fieldBytes(nest(model, draw))
  const foreign = parseFields(other)
  for (let left = draw.oneIn(2) ? 1 : 1 + draw.below(5); left > 0; left--) {
    const paths = pathsOf(model)
    if (paths.length === 0) break
    const path = draw.pick(paths)
    const field = fieldAt(model, path)
    if (!field) continue
    const source = draw.oneIn(3) ? foreign : model
    const others = pathsOf(source).flatMap(place => {
      const candidate = fieldAt(source, place)
      return candidate && candidate.number === field.number ? [candidate] : []
    })
    const choice = draw.below(10)
    const replacement =
      choice === 0
        ? []
        : choice === 1
          ? Array<Field>(draw.oneIn(10) ? 30 : 2).fill(field)
          : choice === 2
            ? [field, changedField(field, draw, others)]
            : choice === 3 && others.length > 0
              ? [draw.pick(others)]
              : [changedField(field, draw, others)]
    model = replaceAt(model, path, replacement)
  }
  return fieldBytes(model)
}
