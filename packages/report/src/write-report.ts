import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DataError, RunError } from '@pare/core-graph'
import { writeFileWhole } from '@pare/runtime'
import { explanationSchema, type ReportedExplanation } from './explanation-schema.ts'
import { renderReport } from './render-report.ts'
import { type ReportedRun, runSchema } from './run-schema.ts'

/** Where the report goes. */
export interface WriteReportOptions {
  /** Default: `report.html` in the run's folder. */
  readonly output?: string
}

/**
 * Writes the report of a finished run.
 * @param folder of the run, with its result.json and recipe.yaml, and explain.json where `pare explain` was asked
 * @returns the report's path
 * @throws DataError `DATA_RUN_MISSING` for a folder that holds no run, `DATA_RUN_UNFINISHED`, `DATA_RUN_RESULT` for a
 *   result that is damaged; RunError `RUN_REPORT` where the report cannot be written
 */
export async function writeReport(
  folder: string,
  { output = join(folder, 'report.html') }: WriteReportOptions = {},
): Promise<string> {
  const result = await readResult(folder)
  const recipe = await readText(join(folder, 'recipe.yaml'))
  const explanation = await readExplanation(folder)
  const page = renderReport(result, { ...(recipe !== undefined && { recipe }), ...(explanation && { explanation }) })
  try {
    await writeFileWhole(output, [new TextEncoder().encode(page)])
  } catch (cause) {
    if (!(cause instanceof RunError)) throw cause
    const { message, hint = 'Give another file.' } = cause
    throw new RunError({ code: 'RUN_REPORT', message: `The report cannot be written: ${message}`, hint, cause })
  }
  return output
}

async function readResult(folder: string): Promise<ReportedRun> {
  const path = join(folder, 'result.json')
  const text = await readText(path)
  if (text === undefined) throw await noResult(folder)
  const data = parsed(path, text)
  const { success, error } = runSchema.safeParse(data)
  // What the schema does not know stays in it: it is shown too.
  if (success) return data as ReportedRun
  const [issue] = error.issues
  throw damaged(path, `${issue?.path.join('.') || 'all of it'}: ${issue?.message}`)
}

/** Undefined where nobody asked. */
async function readExplanation(folder: string): Promise<ReportedExplanation | undefined> {
  const path = join(folder, 'explain.json')
  const text = await readText(path)
  if (text === undefined) return undefined
  const { success, data, error } = explanationSchema.safeParse(parsed(path, text))
  if (success) return data
  const [issue] = error.issues
  throw damaged(path, `${issue?.path.join('.') || 'all of it'}: ${issue?.message}`, 'what pare explain writes')
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw damaged(path, error instanceof Error ? error.message : String(error))
  }
}

const damaged = (path: string, what: string, kind = 'the result of a run') =>
  new DataError({
    code: 'DATA_RUN_RESULT',
    message: `${path} is not ${kind}: ${what}`,
    hint: 'It may be damaged, or of another version of Pare: run the recipe again.',
  })

async function noResult(folder: string): Promise<DataError> {
  if ((await readText(join(folder, 'run.json'))) === undefined)
    return new DataError({
      code: 'DATA_RUN_MISSING',
      message: `${folder} is not the folder of a run: it has neither run.json nor result.json.`,
      hint: 'Give the folder that `pare run` named at its end, such as runs/demo/1.',
    })
  return new DataError({
    code: 'DATA_RUN_UNFINISHED',
    message: `The run in ${folder} has not ended: it has no result.json.`,
    hint: 'Go on with it by `pare run <recipe> --resume`.',
  })
}

/** Undefined where there is no such file. */
async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new DataError({
      code: 'DATA_RUN_RESULT',
      message: `${path} cannot be read: ${cause instanceof Error ? cause.message : cause}`,
      hint: 'Check that it is a file and that you may read it.',
      cause,
    })
  }
}
