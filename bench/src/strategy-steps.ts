import { type JoinedStrategy, type TeacherName, teacherNames } from './joined-strategy.ts'
import { inTurns, type StepProcess, startInference, startPare } from './step-process.ts'
import { median, table } from './table.ts'
import { trainingCase } from './training-cases.ts'

/** How long steps are measured. */
export interface StepMeasurement {
  readonly threads: number
  readonly rounds: number
  readonly secondsPerTurn: number
}

/** Small enough for untrained weights without batch statistics, which a folded BatchNormalization leaves. */
const learningRate = 1e-4

const qatVariants: Readonly<Record<string, Extract<JoinedStrategy, { use: 'quant.qat' }>['options']>> = {
  learned: { activationScale: 'learned' },
  'moving-average': { activationScale: 'moving-average' },
  'moving-average, BatchNormalization trained': {
    activationScale: 'moving-average',
    batchNorm: { epochs: 1 },
    freezeObservers: 1,
  },
}

/** A step of training with rounding, of a float step of the same model. */
export async function qatSteps(cases: readonly string[], measurement: StepMeasurement): Promise<string> {
  const rows: string[][] = []
  for (const name of cases) {
    const found = await measured(
      {
        float: () => startPare({ name, threads: measurement.threads, learningRate }),
        ...Object.fromEntries(
          Object.entries(qatVariants).map(([variant, options]) => [
            variant,
            () =>
              startPare({
                name,
                threads: measurement.threads,
                learningRate,
                strategy: { use: 'quant.qat', options },
              }),
          ]),
        ),
      },
      measurement,
    )
    const float = found.float ?? 0
    for (const [variant, ms] of Object.entries(found))
      rows.push([
        `${titleOf(name)}, ${variant}`,
        ms.toFixed(1),
        (ms / float).toFixed(2),
        variant === 'float' ? '' : '≤ 1.30',
      ])
  }
  return table(['QAT', 'ms', 'of a float step', 'goal'], rows)
}

/** A step of distillation by soft labels, of what its parts take by themselves. */
export async function distillationSteps(cases: readonly string[], measurement: StepMeasurement): Promise<string> {
  const { threads } = measurement
  const rows: string[][] = []
  for (const name of cases)
    for (const teacher of teacherNames) rows.push([`${titleOf(name)} by ${teacher}`, ...(await lesson(name, teacher))])
  return table(['distillation', 'student ms', 'teacher ms', 'distilled ms', 'of the goal', 'goal'], rows)

  async function lesson(name: string, teacher: TeacherName): Promise<readonly string[]> {
    const found = await measured(
      {
        student: () => startPare({ name, threads, learningRate }),
        teacher: () => startInference({ name, teacher, threads }),
        distilled: () => startPare({ name, threads, learningRate, strategy: { use: 'distill.soft-label', teacher } }),
      },
      measurement,
    )
    const { student = 0, teacher: inference = 0, distilled = 0 } = found
    const goal = student + 1.1 * inference
    return [...[student, inference, distilled].map(ms => ms.toFixed(1)), (distilled / goal).toFixed(2), '≤ 1.00']
  }
}

/** Median milliseconds of a step of each, in turns. */
async function measured<Name extends string>(
  starts: Readonly<Record<Name, () => Promise<StepProcess>>>,
  measurement: StepMeasurement,
): Promise<Readonly<Partial<Record<Name, number>>>> {
  await using stack = new AsyncDisposableStack()
  const processes: Record<string, StepProcess> = {}
  for (const [name, start] of Object.entries<() => Promise<StepProcess>>(starts))
    processes[name] = stack.use(await start())
  const found = await inTurns(processes, measurement)
  const medians = Object.entries(found).map(([name, { milliseconds }]) => [name, median(milliseconds)])
  console.error(medians.map(([name, ms]) => `${name}: ${Number(ms).toFixed(1)} ms`).join(', '))
  return Object.fromEntries(medians)
}

const titleOf = (name: string): string => {
  const { label, batchSize } = trainingCase(name)
  return `${label}, batch ${batchSize}`
}
