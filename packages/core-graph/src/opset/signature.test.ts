import { describe, expect, test } from 'vitest'
import type { AnyOperator } from '../operator.ts'
import { operators } from '../operators/registry.ts'
import { knownDomains, type Parameter, signatureOf, versionsOf } from './signature.ts'

const marks = { single: '', optional: '?', variadic: '...' }
const specs = (parameters: readonly Parameter[]) => parameters.map(({ kind }) => marks[kind])
const marksOf = (names: readonly string[]) => names.map(name => name.match(/(\?|\.\.\.)?$/)?.[1] ?? '')

const standard = (Object.values(operators) as unknown as AnyOperator[]).filter(({ domain }) => knownDomains.has(domain))

describe.for(standard)('$domain $op', operator => {
  test('has the inputs, outputs and attributes that ONNX states for operator set 21', () => {
    const signature = signatureOf(operator.domain, operator.op, 21)
    expect(marksOf(operator.inputs)).toEqual(specs(signature?.inputs ?? []))
    expect(operator.outputs.length).toBe(signature?.outputs.length)
    // Those that newer models have are read too.
    const newest = signatureOf(operator.domain, operator.op, 25)
    for (const [name, { kind, required }] of Object.entries(operator.attributes)) {
      const stated = signature?.attributes.get(name) ?? newest?.attributes.get(name)
      expect([name, stated]).toEqual([name, { type: kind, isRequired: required }])
    }
  })
})

test('an operator has the form of the newest version up to that of the operator set', () => {
  expect(signatureOf('', 'Clip', 10)?.inputs.map(({ name }) => name)).toEqual(['input'])
  expect(signatureOf('', 'Clip', 11)?.inputs.map(({ name }) => name)).toEqual(['input', 'min', 'max'])
  expect(signatureOf('', 'Gelu', 19)).toBeUndefined()
  expect(versionsOf('', 'Gelu')).toEqual([20])
  expect(signatureOf('', 'Upsample', 10)?.isDeprecated).toBe(true)
})

test('types of inputs and outputs are bound by their names, a type that is fixed by itself', () => {
  const { inputs, outputs, types } = signatureOf('', 'Shape', 21) ?? {}
  expect([inputs?.[0]?.type, outputs?.[0]?.type]).toEqual(['T', 'T1'])
  expect([...(types?.get('T1')?.elements ?? [])]).toEqual(['int64'])
  expect(signatureOf('', 'Reshape', 21)?.inputs[1]?.type).toBe('=g')
  expect([...(signatureOf('', 'Reshape', 21)?.types.get('=g')?.elements ?? [])]).toEqual(['int64'])
  expect(signatureOf('', 'SequenceLength', 21)?.types.get('S')).toEqual({ elements: new Set(), others: true })
})

test('only what objects inherit is no operator', () => {
  for (const name of Object.getOwnPropertyNames(Object.prototype)) expect(signatureOf('', name, 21)).toBeUndefined()
  expect([...knownDomains]).toEqual(['', 'ai.onnx.ml'])
})
