import { type Draw, strangeNames, strangeNumbers } from './draw.ts'

type Change = (text: string, draw: Draw, other: string) => string

/** Ways to nest or to repeat without end that a parser may follow. */
const bombs: readonly ((draw: Draw) => string)[] = [
  draw => '['.repeat(depth(draw)),
  draw => `${'['.repeat(depth(draw))}${']'.repeat(depth(draw))}`,
  draw => '{a: '.repeat(depth(draw)),
  draw => Array.from({ length: Math.min(depth(draw), 1000) }, (_, level) => `${' '.repeat(level)}a:`).join('\n'),
  draw => `${'- '.repeat(depth(draw))}a`,
  draw => '? '.repeat(depth(draw)),
  draw => '!!map '.repeat(Math.min(depth(draw), 1000)),
  () =>
    Array.from(
      { length: 10 },
      (_, level) => `a${level}: &a${level} [${Array(10).fill(level === 0 ? 'x' : `*a${level - 1}`)}]`,
    ).join('\n'),
  () => 'a: &a [*a, *a]',
  () => 'a: &a { <<: *a, b: *a }',
  () => 'a: *nothing',
  draw => `a: ${'9'.repeat(depth(draw))}`,
  draw => `a: "${'\\u0000'.repeat(100)}${draw.pick(strangeNames)}"`,
  () => 'a: !!js/function "function () { return 1 }"',
  () => '__proto__: { polluted: true }',
  () => '"__proto__": { "polluted": true, "hasOwnProperty": 1 }',
  () => 'constructor: { prototype: { polluted: true } }',
  () => '<<: { __proto__: { polluted: true } }',
]

const depth = (draw: Draw) => draw.pick([1, 10, 100, 1000, 10_000])

/** A stretch of whole words. */
function word(text: string, draw: Draw): readonly [number, number] {
  const words = [...text.matchAll(/[\w.-]+/g)]
  const chosen = words[draw.below(Math.max(1, words.length))]
  return chosen ? [chosen.index, chosen.index + chosen[0].length] : [0, 0]
}

const replaced = (text: string, [from, to]: readonly [number, number], by: string) =>
  text.slice(0, from) + by + text.slice(to)

const changes: readonly Change[] = [
  (text, draw) => replaced(text, word(text, draw), draw.pick(strangeNames)),
  (text, draw) => replaced(text, word(text, draw), String(draw.pick(strangeNumbers))),
  (text, draw) =>
    replaced(
      text,
      word(text, draw),
      draw.pick(['', '~', 'true', '.nan', '.inf', '-.inf', '1e999', '0x', '[]', '{}', '""']),
    ),
  (text, draw) => {
    const [from, to] = word(text, draw)
    return replaced(text, word(text, draw), text.slice(from, to))
  },
  (text, draw, other) => {
    const [from, to] = word(other, draw)
    return replaced(text, word(text, draw), other.slice(from, to))
  },
  (text, draw) => replaced(text, word(text, draw), draw.pick(bombs)(draw)),
  (text, draw) => {
    const lines = text.split('\n')
    return lines.toSpliced(draw.below(lines.length), draw.below(2), draw.pick(lines)).join('\n')
  },
  (text, draw) => {
    const lines = text.split('\n')
    const at = draw.below(lines.length)
    return lines.toSpliced(at, 0, draw.pick(bombs)(draw)).join('\n')
  },
  (text, draw) => {
    const lines = text.split('\n')
    const at = draw.below(lines.length)
    return lines.with(at, draw.oneIn(2) ? ` ${lines[at]}` : (lines[at]?.slice(1) ?? '')).join('\n')
  },
  (text, draw) => {
    const at = draw.below(text.length + 1)
    return replaced(text, [at, at + draw.below(2)], draw.pick([...'[]{}:,-?&*!|>\'"%@`#\t\n\u0000\ufeff']))
  },
  (text, draw) => text.slice(0, draw.below(text.length + 1)),
  (_, draw) => draw.pick(bombs)(draw),
]

/** Some changes that know what YAML, JSON and CSV are made of. */
export function mutateText(bytes: Uint8Array, draw: Draw, other: Uint8Array): Uint8Array {
  let text = Buffer.from(bytes).toString('utf8')
  for (let left = draw.oneIn(2) ? 1 : 1 + draw.below(5); left > 0; left--)
    text = draw.pick(changes)(text, draw, Buffer.from(other).toString('utf8'))
  return Buffer.from(text, 'utf8')
}
