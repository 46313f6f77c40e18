/**
 * The page's style. Charts take their colours from it too, so that one drawing serves light, dark and paper: blue and
 * orange of Okabe and Ito's palette (Color Universal Design, 2008), which people with colour blindness can tell apart, and
 * grey. Text has a contrast of at least 4.5 : 1 on its ground (WCAG 2.2, AA).
 */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #ffffff;
  --surface: #f4f6f8;
  --text: #1b1f24;
  --muted: #57606a;
  --line: #d5dbe1;
  --before: #7d8790;
  --after: #0072b2;
  --worst: #d55e00;
  --good: #0a5c36;
  --good-ground: #e7f4ec;
  --bad: #8a2c0d;
  --bad-ground: #fdeee6;
  --warning: #665000;
  --warning-ground: #fff6dc;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #15181c;
    --surface: #1e2328;
    --text: #e6e9ec;
    --muted: #a5afb9;
    --line: #363d45;
    --before: #87929d;
    --after: #56b4e9;
    --worst: #f0924a;
    --good: #93deb3;
    --good-ground: #14301f;
    --bad: #ffb796;
    --bad-ground: #3a1e12;
    --warning: #f2d480;
    --warning-ground: #332a10;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
body {
  margin: 0 auto;
  padding: 2.5rem 1.25rem 4rem;
  max-width: 62.5rem;
  background: var(--ground);
  color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif;
}
h1, h2, h3, h4, h5 { line-height: 1.25; margin: 2rem 0 0.5rem; overflow-wrap: anywhere; }
h1 { font-size: 2rem; margin: 0; letter-spacing: -0.01em; }
h2 { font-size: 1.375rem; margin-top: 3rem; padding-top: 1.25rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.125rem; }
h4 { font-size: 1rem; margin-top: 1.25rem; }
h5 { font-size: 0.9375rem; margin-top: 1.25rem; }
p { margin: 0.5rem 0; max-width: 46rem; }
ul { margin: 0.5rem 0; padding-left: 1.25rem; max-width: 46rem; }
a { color: inherit; text-underline-offset: 0.2em; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace; font-size: 0.875em; }
code { unicode-bidi: isolate; overflow-wrap: anywhere; }
pre { margin: 0.75rem 0; padding: 0.875rem 1rem; background: var(--surface); border-radius: 6px; line-height: 1.45; overflow-x: auto; white-space: pre-wrap; }
.muted { color: var(--muted); }
p.muted { font-size: 0.875rem; }
header > .muted { margin: 0 0 0.25rem; }
.verdict { margin: 1.25rem 0 0; padding: 0.75rem 1rem; border-left: 4px solid; border-radius: 4px; }
.verdict p { margin: 0; }
.accepted { color: var(--good); background: var(--good-ground); }
.refused { color: var(--bad); background: var(--bad-ground); }
.warning { color: var(--warning); background: var(--warning-ground); }
.cards { list-style: none; display: grid; grid-template-columns: repeat(auto-fit, minmax(10.5rem, 1fr)); gap: 0.75rem; max-width: none; margin: 1.25rem 0 0; padding: 0; }
.cards li { display: flex; flex-direction: column; padding: 0.75rem 1rem 0.875rem; border: 1px solid var(--line); border-radius: 6px; font-size: 0.875rem; }
.cards .label { font-weight: 600; }
.cards strong { font-size: 1.5rem; line-height: 1.35; font-weight: 650; font-variant-numeric: tabular-nums; white-space: nowrap; }
nav { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin-top: 1.5rem; font-size: 0.9375rem; }
.scroll { overflow-x: auto; margin: 0.75rem 0; position: relative; }
.scroll:focus-visible, summary:focus-visible, a:focus-visible { outline: 2px solid var(--after); outline-offset: 2px; }
table { border-collapse: collapse; font-size: 0.9375rem; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
th, td { padding: 0.4rem 1rem 0.4rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th:last-child, td:last-child { padding-right: 0; }
thead th { vertical-align: bottom; font-size: 0.875rem; font-weight: 600; color: var(--muted); }
tbody th { font-weight: 400; min-width: 13rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
td.number { white-space: nowrap; }
small { display: block; font-size: 0.8125rem; color: var(--muted); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(17.5rem, 1fr)); gap: 1.5rem 2rem; margin-top: 1.5rem; }
figure { margin: 1.25rem 0 0; }
.charts figure { margin: 0; }
@media (min-width: 60rem) {
  .charts:has(> :nth-child(4):last-child) { grid-template-columns: 1fr 1fr; }
}
figcaption { font-weight: 600; font-size: 0.9375rem; margin-bottom: 0.5rem; }
svg { display: block; width: 100%; height: auto; overflow: visible; }
.bars svg { max-width: 20rem; }
svg text { font-family: system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif; font-size: 12px; font-variant-numeric: tabular-nums; }
.narrow { display: none; }
.legend { white-space: nowrap; margin-right: 0.75em; }
.key { display: inline-block; width: 0.75em; height: 0.75em; border-radius: 2px; }
.key.worst { background: var(--worst); }
.key.before { background: var(--before); }
.key.after { background: var(--after); }
details { margin: 1rem 0; }
summary { cursor: pointer; font-weight: 600; font-size: 0.9375rem; padding: 0.25rem 0; }
dl { margin: 0.5rem 0; font-size: 0.9375rem; }
dl > div { display: grid; grid-template-columns: minmax(6rem, 12rem) minmax(0, 1fr); gap: 0 1rem; padding: 0.2rem 0; }
dt { color: var(--muted); }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
dd > dl { margin: 0; }
@media (max-width: 40rem) {
  body { padding: 1.5rem 1rem 3rem; }
  h1 { font-size: 1.625rem; }
  .bars svg { max-width: 22rem; }
  .wide { display: none; }
  .narrow { display: block; }
  .cards { grid-template-columns: 1fr 1fr; }
  .cards li { padding: 0.625rem 0.75rem; }
  .cards strong { font-size: 1.25rem; }
  table, dl { font-size: 0.875rem; }
  th, td { padding-right: 0.625rem; }
  tbody th { min-width: 6.5rem; }
  tbody th:has(code) { min-width: 10rem; }
  dl > div { grid-template-columns: minmax(4rem, 7rem) minmax(0, 1fr); }
  dd > dl > div { display: block; }
  .number small { white-space: normal; }
}
@media print {
  @page { margin: 16mm 15mm; }
  :root {
    color-scheme: light;
    --ground: #ffffff;
    --surface: #f4f6f8;
    --text: #000000;
    --muted: #4a525b;
    --line: #c4cbd2;
    --before: #7d8790;
    --after: #0072b2;
    --worst: #d55e00;
    --good: #0a5c36;
    --good-ground: #ffffff;
    --bad: #8a2c0d;
    --bad-ground: #ffffff;
    --warning: #665000;
    --warning-ground: #ffffff;
  }
  body { max-width: none; padding: 0; font-size: 10pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  h1 { font-size: 18pt; }
  h2 { font-size: 13pt; margin-top: 1.5rem; padding-top: 0.75rem; }
  h2, h3, h4, h5, figcaption, summary, thead, p:has(+ .scroll, + h4) { break-after: avoid; }
  tr, figure, .short, .cards li, .verdict { break-inside: avoid; }
  nav { display: none; }
  .cards { grid-template-columns: repeat(4, 1fr); }
  .cards li { padding: 0.5rem 0.625rem; font-size: 8pt; }
  .cards strong { font-size: 13pt; }
  .wide { display: block; }
  .narrow { display: none; }
  .scroll { overflow: visible; }
  table, dl { font-size: 8.5pt; }
  th, td { padding: 0.2rem 0.625rem 0.2rem 0; }
  thead th { font-size: inherit; }
  tbody th { min-width: 11.5rem; }
  small { font-size: 7.5pt; }
  pre { border: 1px solid var(--line); }
  summary { list-style: none; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
}
`
