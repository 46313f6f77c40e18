import { bytesText, changeText, durationText, millisecondsText, percentText, signed } from '@pare/core-graph'
import { type Content, type Html, html } from '../html.ts'
import type { ReportedRun } from '../run-schema.ts'
import { counted } from '../table.ts'

/** What the run found, at a glance. */
export const verdictView = (run: ReportedRun): Html => html`<header>
<p class="muted">Pare report</p>
<h1>${titleOf(run)}</h1>
<p class="muted">${run.finished && html`<time datetime="${run.finished}">${dateText(run.finished)}</time>, `}a run of ${durationText(run.seconds)}${run.target !== undefined && `, for ${run.target}`}</p>
${verdict(run)}
<ul class="cards">${cards(run)}</ul>
</header>`

export const titleOf = ({ origin, folder }: ReportedRun): string => origin?.name ?? folder

/** The outcome in a word or two. */
export const outcomeOf = (run: ReportedRun): string =>
  run.verdict.accepted ? (isBounded(run) ? 'accepted' : 'done') : 'not accepted'

/** Earlier versions did not say. */
const isBounded = ({ accept }: ReportedRun): boolean =>
  accept === undefined || Object.values(accept).some(bound => bound !== undefined)

function verdict(run: ReportedRun): Html {
  const { accepted, reasons } = run.verdict
  const { notWorthIt = [] } = run
  return html`<div class="verdict ${accepted ? 'accepted' : 'refused'}">
<p>${
    accepted
      ? isBounded(run)
        ? html`<strong>✓ Accepted.</strong> Every bound of the recipe is kept.`
        : html`<strong>✓ Done.</strong> The recipe sets no bounds.`
      : html`<strong>✕ Not accepted</strong>, because:`
  }</p>
${reasons.length > 0 && html`<ul>${reasons.map(reason => html`<li>${reason}</li>`)}</ul>`}
</div>
${notWorthIt.length > 0 && html`<div class="verdict warning"><p><strong>! Not worth it.</strong></p><ul>${notWorthIt.map(sentence => html`<li>${sentence}</li>`)}</ul></div>`}`
}

function cards({ before, after, fidelity }: ReportedRun): Content {
  const card = (label: string, figure: string, more: string) =>
    html`<li><span class="label">${label}</span><strong>${figure}</strong><span class="muted">${more}</span></li>`
  const [top1Before, top1After] = [before.metrics?.top1, after.metrics?.top1]
  const [slow, fast] = [before.latency?.median, after.latency?.median]
  return [
    card('size', changeText(before.bytes, after.bytes), `${bytesText(before.bytes)} → ${bytesText(after.bytes)}`),
    typeof top1Before === 'number' &&
      typeof top1After === 'number' &&
      Number.isFinite(top1Before + top1After) &&
      card(
        'top-1 accuracy',
        signed(100 * (top1After - top1Before), 2, ' points'),
        `${percentText(top1Before)} → ${percentText(top1After)}`,
      ),
    slow !== undefined &&
      fast !== undefined &&
      card('latency', changeText(slow, fast), `${millisecondsText(slow)} → ${millisecondsText(fast)}`),
    fidelity?.agreement !== undefined &&
      card(
        'same prediction',
        percentText(fidelity.agreement),
        `as the float model, ${counted(fidelity.samples, 'sample')}`,
      ),
  ]
}

const dateText = (date: string) =>
  `${new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(new Date(date))} UTC`
