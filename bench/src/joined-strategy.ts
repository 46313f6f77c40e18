import type { Executor, Graph, StrategyResult } from '@pare/core-graph'
import { softLabel } from '@pare/distill'
import { createModel } from '@pare/models'
import { prepareQat } from '@pare/quant'
import { preparedSource } from './prepared-source.ts'
import { strategyContext } from './strategy-context.ts'
import { classes, type TrainingCase } from './training-cases.ts'

/** What joins a training that is timed. */
export type JoinedStrategy =
  | { readonly use: 'quant.qat'; readonly options: NonNullable<Parameters<typeof prepareQat>[2]> }
  | { readonly use: 'distill.soft-label'; readonly teacher: TeacherName }

const teachers = {
  'resnet-18-0.25': input => createModel('resnet', { depth: 18, width: 0.25, input, classes, seed: 2 }),
  'mobilenet-v1-1.0': input => createModel('mobilenet-v1', { input, classes, seed: 2 }),
} as const satisfies Record<string, (input: [number, number, number]) => Graph>

export type TeacherName = keyof typeof teachers
export const teacherNames = Object.keys(teachers) as readonly TeacherName[]

/** A teacher that takes the student's images. */
export const teacherOf = (name: TeacherName, { input }: TrainingCase): Graph => teachers[name]([...input])

/** The graph to be trained, and the strategy's part in its training. */
export const joinedBy = (
  strategy: JoinedStrategy,
  task: TrainingCase,
  executor: Executor,
): Promise<Pick<StrategyResult, 'graph' | 'training'>> =>
  strategy.use === 'quant.qat'
    ? prepareQat(
        task.create(),
        { executor, calibration: preparedSource(task, 2) },
        { samples: 2 * task.batchSize, batchSize: task.batchSize, ...strategy.options },
      )
    : softLabel.prepare(task.create(), softLabel.options.parse({ temperature: 4, weight: 2 }), {
        ...strategyContext(executor),
        teacher: teacherOf(strategy.teacher, task),
      })
