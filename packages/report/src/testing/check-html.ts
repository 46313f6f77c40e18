const voidElements = new Set(['meta', 'br', 'hr', 'img', 'link', 'input', 'wbr'])
/** Of SVG, which HTML closes as XML does. */
const attributePattern = /\s+([a-zA-Z_:][\w:.-]*)(?:="([^"<]*)")?/g

/**
 * What is wrong with the markup of a page: elements that are not closed, or not in their order; attributes that are not
 * quoted or stand twice; an id that two elements have, or that is referred to and that none has; a heading that skips a
 * level; a row of a table with more or fewer cells than its head; stray `<`, `>` and `&`.
 */
export function htmlProblems(page: string): readonly string[] {
  const problems: string[] = []
  const open: string[] = []
  const ids = new Set<string>()
  const references: string[] = []
  const cells: { head: number; row: number }[] = []
  let level = 0
  const body = page.replace(/^<!doctype html>/, '').replace(/(<style>)[^<]*(<\/style>)/g, '$1$2')
  for (const token of body.match(/<[^>]*>|[^<]+/g) ?? []) {
    if (!token.startsWith('<')) {
      if (/>|&(?!(?:amp|lt|gt|quot|#39);)/.test(token)) problems.push(`stray character in ${token.trim()}`)
      continue
    }
    const [, slash = '', name = '', rest = ''] = /^<(\/?)([a-z][a-zA-Z\d]*)([\s\S]*?)\/?>$/.exec(token) ?? []
    if (name === '') problems.push(`no tag: ${token}`)
    if (slash) {
      if (open.pop() !== name) problems.push(`${token} closes another element`)
      const table = cells.at(-1)
      if (name === 'tr' && table) {
        table.head ||= table.row
        if (table.row !== table.head) problems.push(`a row of ${table.row} cells below a head of ${table.head}`)
        table.row = 0
      }
      if (name === 'table') cells.pop()
      continue
    }
    const attributes = [...rest.matchAll(attributePattern)]
    const names = attributes.map(([, attribute]) => attribute)
    if (rest.replace(attributePattern, '').trim() !== '') problems.push(`attributes not quoted: ${token}`)
    if (new Set(names).size !== names.length) problems.push(`an attribute twice: ${token}`)
    for (const [, attribute, value = ''] of attributes) {
      if (attribute === 'id' && ids.has(value)) problems.push(`two elements have the id ${value}`)
      if (attribute === 'id') ids.add(value)
      if (attribute === 'href' && value.startsWith('#')) references.push(value.slice(1))
    }
    const table = cells.at(-1)
    if (table && (name === 'td' || name === 'th')) table.row++
    if (name === 'table') cells.push({ head: 0, row: 0 })
    if (/^h\d$/.test(name)) {
      if (Number(name[1]) > level + 1) problems.push(`${token} skips a level`)
      level = Number(name[1])
    }
    if (!voidElements.has(name) && !token.endsWith('/>')) open.push(name)
  }
  if (open.length > 0) problems.push(`not closed: ${open.join(', ')}`)
  for (const id of references) if (!ids.has(id)) problems.push(`nothing has the id ${id}`)
  return problems
}
