import { type Content, type Html, html } from '../html.ts'
import { jsonView, words } from '../json-view.ts'
import type { ReportedRun } from '../run-schema.ts'

/** How to run the recipe again, and what the run was made with. */
export const repeatView = (run: ReportedRun): Html => html`${command(run)}
<p>The same recipe, files and seed${run.seed !== undefined && ` (${run.seed})`} give the same model, byte for byte, on the same machine with the same versions; times differ.</p>
<dl>
${term('model', html`<code>${run.model}</code>`)}
${term('run', html`<code>${run.folder}</code>`)}
${(run.plugins ?? []).map(({ plugin, version }) => term('plugin', html`<code>${plugin}</code> ${version ?? 'without a version'}`))}
${Object.entries(run.environment).map(([key, value]) => term(labels.get(key) ?? words(key), jsonView(value, key)))}
</dl>`

const labels: ReadonlyMap<string, string> = new Map([
  ['pare', 'Pare'],
  ['node', 'Node'],
])

const term = (label: string, content: Content) => html`<div><dt>${label}</dt><dd>${content}</dd></div>`

function command({ origin, plugins = [] }: ReportedRun): Html {
  const flags = plugins.length > 0 ? ' --allow-plugins' : ''
  if (origin?.file !== undefined) return html`<pre><code>pare run ${shellWord(origin.file)}${flags}</code></pre>`
  return html`<p>Save the recipe above as a file ${origin && html`in <code>${origin.baseDirectory}</code>, `}where its paths start, and run it:</p>
<pre><code>pare run recipe.yaml${flags}</code></pre>`
}

/** As a POSIX shell takes it for one word. */
const shellWord = (text: string) => (/^[\w./@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)
