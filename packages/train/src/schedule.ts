import { z } from 'zod'
import { kindOption } from './kind-option.ts'

/** How far a training has come, before an update. */
export interface Moment {
  /** Share of the updates after the warm-up that are done, from 0 to below 1. */
  readonly progress: number
  /** Epochs that are done, those of the warm-up too; a part of one counts as a fraction. */
  readonly epoch: number
}

const warmupEpochs = z.number().nonnegative()
const warmupText = 'Epochs, or a part of one, over which the learning rate rises from 0'

/** The option that all schedules have. */
export const warmup = {
  warmupEpochs: warmupEpochs
    .optional()
    .describe(`${warmupText}. Default: 1, or a fifth of a training of less than five epochs`),
}

/** The same of a schedule that rises by itself. */
export const noWarmup = { warmupEpochs: warmupEpochs.default(0).describe(warmupText) }

type Shape = z.ZodRawShape & { readonly warmupEpochs: z.ZodType<number | undefined> }

/** How the learning rate changes after the warm-up. */
export interface Schedule<Id extends string, Options extends Shape> {
  /** What a recipe says after `kind:`; kebab-case. */
  readonly id: Id
  /** One sentence for help and forms. */
  readonly description: string
  readonly options: Options
  /** Share of the highest learning rate. */
  readonly share: (moment: Moment, options: z.output<z.ZodObject<Options>>) => number
}

/** The registry's view of a schedule, whatever its options. */
export interface AnySchedule {
  readonly id: string
  share(moment: Moment, options: never): number
}

/** Adds the schema of what a recipe says of it; returns the schedule frozen. */
export const defineSchedule = <const Id extends string, Options extends Shape>(schedule: Schedule<Id, Options>) =>
  Object.freeze({ ...schedule, schema: kindOption(schedule) })
