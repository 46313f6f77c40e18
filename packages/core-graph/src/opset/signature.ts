import { type DataType, dataTypeName } from '../data-type.ts'
import { signatureLines } from './signatures.ts'

/** An input or output of an operator. */
export interface Parameter {
  readonly name: string
  /** A type parameter of the signature, by its name. */
  readonly type: string
  readonly kind: 'single' | 'optional' | 'variadic'
  /** Whether all that a variadic parameter takes has one type. */
  readonly isHomogeneous: boolean
  /** How many must be given. */
  readonly atLeast: number
}

/** What a type parameter may be. */
export interface TypeChoice {
  readonly elements: ReadonlySet<DataType>
  /** Whether sequences, maps or optionals may stand there too. */
  readonly others: boolean
}

/** The form of an operator in one version of its operator set, as ONNX's own schemas state it. */
export interface Signature {
  /** The operator set that brought this form. */
  readonly since: number
  /** Whether this version took the operator out of use. */
  readonly isDeprecated: boolean
  readonly inputs: readonly Parameter[]
  readonly outputs: readonly Parameter[]
  /** `type` as AttributeProto names it, in lower case: `ints`. */
  readonly attributes: ReadonlyMap<string, { readonly type: string; readonly isRequired: boolean }>
  readonly types: ReadonlyMap<string, TypeChoice>
}

/** Domains whose operators are all known: another name in them does not exist. */
export const knownDomains: ReadonlySet<string> = new Set(['', 'ai.onnx.ml'])

let linesByOperator: ReadonlyMap<string, readonly string[]> | undefined
const parsed = new Map<string, Signature>()

/** The form of an operator in a version of its domain's operator set; undefined where that version has none. */
export function signatureOf(domain: string, op: string, version: number): Signature | undefined {
  linesByOperator ??= grouped()
  const line = linesByOperator
    .get(domain ? `${domain}.${op}` : op)
    ?.findLast(candidate => sinceOf(candidate) <= version)
  if (line === undefined) return undefined
  const known = parsed.get(line) ?? parse(line)
  parsed.set(line, known)
  return known
}

/** The versions that changed an operator, ascending; empty where no version has it. */
export function versionsOf(domain: string, op: string): readonly number[] {
  linesByOperator ??= grouped()
  return linesByOperator.get(domain ? `${domain}.${op}` : op)?.map(sinceOf) ?? []
}

const sinceOf = (line: string) => Number(line.split(' ', 2)[1]?.split('|', 1)[0])

function grouped(): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>()
  for (const line of signatureLines.trim().split('\n')) {
    const name = line.slice(0, line.indexOf(' '))
    const group = groups.get(name)
    if (group) group.push(line)
    else groups.set(name, [line])
  }
  return groups
}

function parse(line: string): Signature {
  const [head = '', ...fields] = line.split('|')
  const [inputs = [], outputs = [], attributes = [], types = []] = fields.map(field => field.split(' ').filter(Boolean))
  const inline = [...inputs, ...outputs].map(text => text.slice(text.indexOf(':') + 1)).filter(type => type[0] === '=')
  return {
    since: sinceOf(line),
    isDeprecated: head.endsWith(' deprecated'),
    inputs: inputs.map(parameterOf),
    outputs: outputs.map(parameterOf),
    attributes: new Map(
      attributes.map(text => {
        const [name = '', type = ''] = text.split(':')
        return [name.replace('!', ''), { type, isRequired: name.endsWith('!') }]
      }),
    ),
    types: new Map([
      ...types.map((text): [string, TypeChoice] => {
        const [name = '', letters = ''] = text.split('=')
        return [name, choiceOf(letters)]
      }),
      ...inline.map((text): [string, TypeChoice] => [text, choiceOf(text.slice(1))]),
    ]),
  }
}

function parameterOf(text: string): Parameter {
  const [, name = '', mark = '', count = '', type = ''] = /^(\w+)(\?|\.\.\.|\*\*\*|)(\d*):(.+)$/.exec(text) ?? []
  const kind = mark === '' ? 'single' : mark === '?' ? 'optional' : 'variadic'
  const atLeast = kind === 'single' ? 1 : kind === 'optional' ? 0 : Number(count)
  return { name, type, kind, isHomogeneous: mark !== '***', atLeast }
}

const choiceOf = (letters: string): TypeChoice => ({
  elements: new Set(
    [...letters].filter(letter => letter !== '*').map(letter => dataTypeName(letter.charCodeAt(0) - 96) ?? 'undefined'),
  ),
  others: letters.endsWith('*'),
})
