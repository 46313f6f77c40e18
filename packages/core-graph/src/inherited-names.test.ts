import { describe, expect, it } from 'vitest'
import { cost } from './cost.ts'
import { feedsOf } from './feeds.ts'
import { withInputShapes } from './input-shapes.ts'
import { simplify } from './simplify.ts'
import { graphOf, node, textOf, valueInfo } from './testing/graph-of.ts'
import { upgradeOpset } from './upgrade-opset.ts'

/** Every name that a plain object of JavaScript answers to without having it. */
const inherited = Object.getOwnPropertyNames(Object.prototype)

describe.each(inherited)('a model may use the name %s', name => {
  const graph = {
    ...graphOf({ inputs: { [name]: [name, 2] }, nodes: [node('y', name, [name])], outputs: ['y'] }),
    valueInfo: new Map([['y', valueInfo('y', [1, 2])]]),
  }

  it('for an operator, which is unknown', () => {
    expect(textOf(simplify(graph).graph)).toEqual([`y = ${name}(${name})`])
    expect(cost(graph, { convention: 'v1.4' }).total).toMatchObject({ macs: 0, flops: 0 })
    expect(() => upgradeOpset({ ...graph, opsets: new Map([['', 13]]) })).toThrow(
      expect.objectContaining({ code: 'MODEL_UPGRADE', message: expect.stringContaining(name) }),
    )
  })

  it('for an input and for its size', () => {
    expect(withInputShapes(graph, {}).inputs[0]?.type?.shape).toEqual([name, 2])
    expect(() => feedsOf(graph, { inputs: {}, labels: undefined, size: 1 })).toThrow(
      expect.objectContaining({ code: 'DATA_INPUT' }),
    )
  })
})
