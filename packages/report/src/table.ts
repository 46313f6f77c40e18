import { type Content, type Html, html } from './html.ts'

export interface Column {
  readonly head: Content
  /** Numbers stand at the right, so that their digits stand below each other. */
  readonly kind: 'text' | 'number'
}

export const textColumn = (head: Content): Column => ({ head, kind: 'text' })
export const numberColumn = (head: Content): Column => ({ head, kind: 'number' })

/** A table; the first cell of each row is the row's heading. It scrolls by itself where it is wider than the page. */
export function table(caption: string, columns: readonly Column[], rows: readonly (readonly Content[])[]): Html {
  const cell = (content: Content, index: number) => {
    const kind = columns[index]?.kind ?? 'text'
    return index === 0
      ? html`<th scope="row" class="${kind}">${content}</th>`
      : html`<td class="${kind}">${content}</td>`
  }
  const kind = rows.length > 16 ? 'scroll' : 'scroll short'
  return html`<div class="${kind}" role="group" aria-label="${caption}" tabindex="0"><table>
<caption>${caption}</caption>
<thead><tr>${columns.map(({ head, kind }) => html`<th scope="col" class="${kind}">${head}</th>`)}</tr></thead>
<tbody>${rows.map(row => html`<tr>${row.map(cell)}</tr>\n`)}</tbody>
</table></div>`
}

/** What can be opened; on paper it is open. */
export const collapsible = (summary: Content, content: Content): Html =>
  html`<details><summary>${summary}</summary>${content}</details>`

/** `1 node`, `1,200 nodes` */
export const counted = (count: number, noun: string): string =>
  `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`

/** A name out of a model. A long one is broken after a slash, a dot or a colon. */
export const name = (text: string): Html =>
  html`<code>${text.split(/(?<=[/.:])/).map((part, index) => [index > 0 && html`<wbr>`, part])}</code>`

/** What stands where there is no figure. */
export const missing = '–'
