import { attribute, readAttributes } from '../operator.ts'
import { defineUpgrade, helperNode, refuse } from '../opset/upgrade.ts'

/** Scale and bias became one number a channel, no longer a group: each is repeated, [G] → [G, 1] → [G, C/G] → [C]. */
export const groupNormalization21 = defineUpgrade({
  id: 'group-normalization-21',
  ops: ['GroupNormalization'],
  version: 21,
  rewrite: (node, { typeOf, constant, fresh }) => {
    const { num_groups: groups } = readAttributes(node, { num_groups: attribute.required.int() })
    const [input = '', ...parameters] = node.inputs
    const channels = typeOf(input)?.shape?.[1]
    if (typeof channels !== 'number') return refuse('the number of its channels is not known')
    if (!Number.isInteger(channels / groups))
      return refuse(`its ${channels} channels are no ${groups} groups of one size`)
    const column = constant(`${node.name}/column`, 'int64', [2], [groups, 1])
    const table = constant(`${node.name}/table`, 'int64', [2], [groups, channels / groups])
    const row = constant(`${node.name}/row`, 'int64', [1], [channels])
    const repeated = parameters.map(parameter => {
      const [standing, expanded, result] = ['column', 'expanded', 'repeated'].map(step => fresh(`${parameter}_${step}`))
      if (!standing || !expanded || !result) return { result: parameter, nodes: [] }
      return {
        result,
        nodes: [
          helperNode('Reshape', standing, [parameter, column], [standing]),
          helperNode('Expand', expanded, [standing, table], [expanded]),
          helperNode('Reshape', result, [expanded, row], [result]),
        ],
      }
    })
    return [
      ...repeated.flatMap(({ nodes }) => nodes),
      { ...node, inputs: [input, ...repeated.map(({ result }) => result)] },
    ]
  },
})
