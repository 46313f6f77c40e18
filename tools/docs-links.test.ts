// Links inside the repository's pages lead somewhere: to a file that is there, and to a heading in it.

import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
// docs/api is there only after `npm run docs`.
const pages = globSync(['*.md', 'docs/**/*.md', 'packages/*/README.md', 'bench/**/*.md'], {
  cwd: root,
  exclude: ['**/node_modules', '**/.venv'],
}).sort()

/** Without code, in which brackets are no links. */
const proseOf = (text: string) => text.replace(/^```.*?^```$/gms, '').replace(/`[^`\n]*`/g, '')

const linksIn = (text: string) =>
  [...proseOf(text).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => (/^[a-z]+:/.test(link) ? [] : [link]))

/** Those of headings as GitHub makes them, where the second of two equal ones ends in -1; and those that are written out. */
function anchorsIn(text: string): ReadonlySet<string> {
  const anchors = new Set([...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id))
  for (const [, heading = ''] of text.replace(/^```.*?^```$/gms, '').matchAll(/^#+ (.*)$/gm)) {
    const plain = heading
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-')
    let anchor = plain
    for (let count = 1; anchors.has(anchor); count++) anchor = `${plain}-${count}`
    anchors.add(anchor)
  }
  return anchors
}

const missing = (page: string, link: string): boolean => {
  const [path = '', anchor] = link.split('#')
  const file = path === '' ? join(root, page) : join(root, dirname(page), path)
  if (!existsSync(file)) return true
  return anchor !== undefined && !anchorsIn(readFileSync(file, 'utf8')).has(anchor)
}

test.for(pages)('%s', page => {
  const links = linksIn(readFileSync(join(root, page), 'utf8'))
  expect(links.filter(link => missing(page, link))).toEqual([])
})

test('every page of docs is linked from the README', () => {
  const linked = linksIn(readFileSync(join(root, 'README.md'), 'utf8'))
  const written = pages.filter(page => page.startsWith('docs/') && !page.startsWith('docs/api/'))
  expect(written.filter(page => !linked.includes(page))).toEqual([])
})
