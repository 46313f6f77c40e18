export { type ReportOptions, renderReport } from './render-report.ts'
export type { ReportedRun } from './run-schema.ts'
export { type WriteReportOptions, writeReport } from './write-report.ts'
