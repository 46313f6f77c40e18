import type { ReportedExplanation } from '../explanation-schema.ts'
import { type Html, html } from '../html.ts'
import { counted, missing, name, numberColumn, table, textColumn } from '../table.ts'

type Finding = ReportedExplanation['findings'][number]

/** Why int8 loses, as `pare explain` found. */
export function explanationView({ before, samples, findings, layers, notes }: ReportedExplanation): Html {
  const confirmed = findings.filter(finding => finding.confirmed)
  return html`<p>On ${counted(samples, 'sample')} the outputs of the int8 model have ${decibels(before.sqnr)} of signal to noise. ${
    confirmed.length === 0
      ? 'No cause was found that can be mended by itself.'
      : 'What was found was tried out, each with the one change of the recipe that mends it; the likeliest cause comes first.'
  }</p>
${confirmed.length > 0 && html`<ol>${confirmed.map(findingView)}</ol>`}
${layers.length > 0 && layerTable(layers)}
${notes.length > 0 && html`<ul>${notes.map(note => html`<li>${note}</li>`)}</ul>`}`
}

const findingView = ({ title, nodes, sentence, advice, experiment }: Finding): Html =>
  html`<li><strong>${title}</strong>${nodes.length > 0 && html`: ${nodes.map((node, index) => [index > 0 && ', ', name(node)])}`}
<p>${sentence}</p>
<p>${advice}${experiment && html` In the recipe: <code>${JSON.stringify(experiment.change)}</code>`}</p></li>`

const layerTable = (layers: ReportedExplanation['layers']): Html =>
  table(
    'The layers that add most noise to what they read',
    [
      textColumn('node'),
      textColumn('operator'),
      numberColumn('SQNR'),
      numberColumn('comes back in float'),
      textColumn('likely cause'),
    ],
    layers.map(({ node, op, sqnr, inFloat, cause }) => [
      name(node),
      op,
      decibels(sqnr),
      `${inFloat.gain.toFixed(1)} dB`,
      cause ?? missing,
    ]),
  )

const decibels = (sqnr: number | null) => (sqnr === null ? 'no noise' : `${sqnr.toFixed(1)} dB`)
