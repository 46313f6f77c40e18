export { type ReportOptions, renderReport } from './render-report.ts'
export { type WriteReportOptions, writeReport } from './write-report.ts'
