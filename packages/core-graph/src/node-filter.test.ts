import { describe, expect, test } from 'vitest'
import { createBuilder } from './builder.ts'
import { RecipeError } from './errors.ts'
import { matchInitializers, matchNodes } from './node-filter.ts'
import { tensorOf } from './tensor.ts'

/** Nodes head/Relu, head/Relu_1 and tail/Identity. */
function netOf() {
  const b = createBuilder('net')
  const x = b.input('x', 'float32', [1])
  const head = b.scope('head', () => b.Relu(b.Relu(x)))
  b.output(b.scope('tail', () => b.Identity(head)))
  return b.build()
}

const namesOf = (...patterns: string[]) => [...matchNodes(netOf(), patterns, 'exclude')].map(node => node.name)

test.each([
  { patterns: ['head/Relu'], names: ['head/Relu'] },
  { patterns: ['head/*'], names: ['head/Relu', 'head/Relu_1'] },
  { patterns: ['*'], names: ['head/Relu', 'head/Relu_1', 'tail/Identity'] },
  { patterns: ['/_\\d$/'], names: ['head/Relu_1'] },
  { patterns: ['op:Relu'], names: ['head/Relu', 'head/Relu_1'] },
  { patterns: ['op:I*'], names: ['tail/Identity'] },
  { patterns: ['op:Identity', 'head/Relu'], names: ['tail/Identity', 'head/Relu'] },
  { patterns: [], names: [] },
])('$patterns', ({ patterns, names }) => {
  expect(namesOf(...patterns)).toEqual(names)
})

describe('errors', () => {
  const errorOf = (pattern: string) => {
    try {
      namesOf(pattern)
    } catch (error) {
      if (error instanceof RecipeError) return error
    }
    throw new Error('No RecipeError was thrown.')
  }

  test('a pattern without a match names the nearest', () => {
    const error = errorOf('heat/Relu')
    expect(error.code).toBe('RECIPE_NO_MATCH')
    expect(error.message).toBe('exclude: no node of the model matches heat/Relu.')
    expect(error.hint).toMatch(/^The nearest are head\/Relu, head\/Relu_1/)
  })

  test('an operator without a match names the nearest operators', () => {
    expect(errorOf('op:relu').hint).toMatch(/^The nearest are Relu, Identity/)
  })

  test('a malformed expression says so', () => {
    expect(errorOf('/(/').code).toBe('RECIPE_PATTERN')
  })

  test('characters with a meaning in expressions have none in names', () => {
    expect(errorOf('head.Relu').code).toBe('RECIPE_NO_MATCH')
  })
})

describe('initializers', () => {
  const b = createBuilder('net')
  const weight = (name: string) => b.initializer(name, tensorOf('float32', [1], [1]))
  const x = b.scope('head', () => b.Mul(b.input('x', 'float32', [1]), weight('features.0.weight')))
  b.output(b.scope('tail', () => b.Add(x, weight('features.1.bias'))))
  const graph = b.build()
  const names = (...patterns: string[]) => [...matchInitializers(graph, patterns, 'freeze')]

  test('match by their own names, and by the nodes that read them', () => {
    expect(names('features.0.*')).toEqual(['features.0.weight'])
    expect(names('head/*')).toEqual(['features.0.weight'])
    expect(names('op:Add')).toEqual(['features.1.bias'])
    expect(names('/features/')).toEqual(['features.0.weight', 'features.1.bias'])
  })

  test('a pattern that matches neither names the nearest of both', () => {
    expect(() => names('features.0.weigth')).toThrow(
      expect.objectContaining({
        code: 'RECIPE_NO_MATCH',
        hint: expect.stringMatching(/^The nearest are features.0.weight/),
      }),
    )
  })
})
