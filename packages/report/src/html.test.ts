import fc from 'fast-check'
import { expect, test } from 'vitest'
import { html, htmlText } from './html.ts'

test('what is written into HTML is escaped, HTML is not', () => {
  const list = ['<b>', 'a & b'].map(text => html`<li title="${text}">${text}</li>`)
  expect(htmlText(html`<ul>${list}</ul>`)).toBe(
    '<ul><li title="&lt;b&gt;">&lt;b&gt;</li><li title="a &amp; b">a &amp; b</li></ul>',
  )
})

test('nothing is written for what is not there, zero is', () => {
  expect(htmlText(html`<p>${undefined}${null}${false}${0}${''}</p>`)).toBe('<p>0</p>')
})

test('data that looks like HTML objects is not taken for it', () => {
  const forged = JSON.parse('{ "markup": "<script>", "Symbol(markup)": "<script>" }')
  expect(htmlText(html`<p>${forged}</p>`)).not.toContain('script')
})

test('law: no text can leave the element or the attribute that it is written into', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      const inside = htmlText(html`${text}`)
      expect(inside).not.toMatch(/[<>"']/)
      const back = inside
        .replace(/&lt;/g, '<')
        .replace(/&gt;/g, '>')
        .replace(/&quot;/g, '"')
        .replace(/&#39;/g, "'")
        .replace(/&amp;/g, '&')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
      if (!/[\u0000-\u001f\u007f-\u009f]/.test(text)) expect(back).toBe(text.toWellFormed())
    }),
  )
})
