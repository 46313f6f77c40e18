import { createHash } from 'node:crypto'
import { type Content, type Html, html, raw } from './html.ts'
import { style } from './style.ts'

/**
 * A whole page. Its policy allows its own style, known by its digest, and nothing else: neither scripts nor anything from
 * elsewhere, whatever may stand in it.
 */
export const page = (title: string, body: Content): Html => html`${raw('<!doctype html>')}
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${raw(style)}</style>
</head>
<body>
${body}
</body>
</html>
`

const digest = createHash('sha256').update(style).digest('base64')

const policy = `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`
