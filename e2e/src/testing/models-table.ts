import type { Fixture } from './model-fixture.ts'

const sum = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((total, count) => total + count, 0)

/** The table of `docs/models.md`: a row for each fixture, from its expectations. */
export function modelsTable(fixtures: readonly Fixture[]): string {
  const rows = fixtures.map(({ name, is, by, nodes: [before, after], unknown, quantized }) => {
    const shapes = unknown.length === 0 ? 'all' : `no rule for ${unknown.join(', ')}`
    return `| \`${name}\` | ${is} | ${by} | ${before} → ${after} | ${shapes} | ${quantizedText(quantized)} |`
  })
  const head = ['| model | what it is | made by | nodes | shapes known | int8 |', '|---|---|---|---|---|---|']
  return [...head, ...rows].join('\n')
}

function quantizedText(quantized: Fixture['quantized']): string {
  if ('refused' in quantized) return `refused: \`${quantized.refused}\``
  const { nodes, kept, cosine, size } = quantized
  const count = sum(nodes)
  if (count === 0) return `nothing: ${Object.keys(kept).join('; ')}`
  return `${count} nodes, ${sum(kept)} float; cosine ≥ ${cosine}, size ≤ ${Math.round(size * 100)} %`
}
