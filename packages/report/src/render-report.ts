import type { ReportedExplanation } from './explanation-schema.ts'
import { type Content, type Html, html, htmlText } from './html.ts'
import { jsonView, words } from './json-view.ts'
import { page } from './page.ts'
import { otherResults, type ReportedRun } from './run-schema.ts'
import { explanationView } from './sections/explanation.ts'
import { figuresView } from './sections/figures.ts'
import { layersView } from './sections/layers.ts'
import { repeatView } from './sections/repeat.ts'
import { saturationView } from './sections/saturation.ts'
import { stagesView } from './sections/stages.ts'
import { outcomeOf, titleOf, verdictView } from './sections/verdict.ts'

/** What a report shows beside the result. */
export interface ReportOptions {
  /** The recipe that was run, as YAML. */
  readonly recipe?: string
  /** What `pare explain` found of it. */
  readonly explanation?: ReportedExplanation
}

/**
 * A run as one HTML page that needs nothing else: it opens offline, runs no script, follows the reader's choice of light
 * or dark, and can be printed. Figures that were not measured are dashes, with the reason.
 */
export function renderReport(result: ReportedRun, { recipe, explanation }: ReportOptions = {}): string {
  const { notes, saturation = [] } = result
  const sections: readonly Section[] = [
    ['Before and after', figuresView(result)],
    ...(notes.length > 0 ? [['Notes', html`<ul>${notes.map(note => html`<li>${note}</li>`)}</ul>`] as const] : []),
    ['Layer by layer', layersView(result)],
    ...(explanation ? [['Why int8 loses', explanationView(explanation)] as const] : []),
    ...(saturation.length > 0 ? [['Saturation', saturationView(saturation)] as const] : []),
    ['Stages', stagesView(result)],
    ...otherResults(result).map(([key, value]) => [capitalized(words(key)), jsonView(value, words(key))] as const),
    ['Recipe', recipe === undefined ? html`<p>The run's recipe.yaml is not there.</p>` : html`<pre>${recipe}</pre>`],
    ['Run it again', repeatView(result)],
  ]
  const body = html`${verdictView(result)}
<nav aria-label="Sections">${sections.map(([title], index) => html`<a href="#${idOf(index)}">${title}</a>`)}</nav>
<main>
${sections.map(sectionView)}
</main>`
  return htmlText(page(`${titleOf(result)}, ${outcomeOf(result)} – Pare report`, body))
}

type Section = readonly [title: string, content: Content]

const sectionView = ([title, content]: Section, index: number): Html => html`<section id="${idOf(index)}">
<h2>${title}</h2>
${content}
</section>
`

const idOf = (index: number) => `section-${index + 1}`

const capitalized = (text: string) => text.replace(/^./, first => first.toUpperCase())
