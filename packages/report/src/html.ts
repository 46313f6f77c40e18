const markup: unique symbol = Symbol('markup')

/** Markup that is safe to write into a page. Only `html` and `raw` make it: the symbol cannot come out of JSON. */
export interface Html {
  readonly [markup]: string
}

/** What may stand in `${…}`. Text and numbers are escaped; nothing is written for what is not there. */
export type Content = Html | string | number | false | null | undefined | readonly Content[]

/**
 * Text as HTML, in which every `${…}` is escaped unless it is HTML itself, so that no name of a node, file or recipe can
 * become markup. Attributes must be quoted:
 *
 *     html`<td title="${name}">${name}</td>`
 */
export const html = (strings: TemplateStringsArray, ...contents: readonly Content[]): Html =>
  raw(strings.reduce((text, string, index) => text + written(contents[index - 1]) + string))

/** Takes text for HTML as it is: only for what this package makes itself. */
export const raw = (text: string): Html => ({ [markup]: text })

export const htmlText = (content: Html): string => content[markup]

function written(content: Content): string {
  if (content === undefined || content === null || content === false) return ''
  if (typeof content === 'string') return escaped(content)
  if (typeof content === 'number') return String(content)
  return isList(content) ? content.map(written).join('') : content[markup]
}

const isList = (content: Html | readonly Content[]): content is readonly Content[] => Array.isArray(content)

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Control characters, which HTML does not allow, and half surrogates become U+FFFD. */
const escaped = (text: string) =>
  text
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, '\ufffd')
    .replace(/[&<>"']/g, character => entities[character] ?? '')
