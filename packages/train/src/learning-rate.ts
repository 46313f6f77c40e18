import type { AnySchedule } from './schedule.ts'
import { schedules } from './schedules/registry.ts'
import type { TrainOptions } from './train-options.ts'

/**
 * The learning rate of an update: rises in a line over the warm-up, then is what the schedule says.
 * @param update from 0, over all epochs
 */
export function learningRateAt(
  update: number,
  updatesPerEpoch: number,
  { epochs, optimizer, schedule }: Pick<TrainOptions, 'epochs' | 'optimizer' | 'schedule'>,
): number {
  // Never the whole training, which would end at its highest rate.
  const { warmupEpochs = Math.min(1, epochs / 5) } = schedule
  const warmup = Math.round(warmupEpochs * updatesPerEpoch)
  if (update < warmup) return (optimizer.learningRate * (update + 1)) / warmup
  const progress = (update - warmup) / Math.max(1, epochs * updatesPerEpoch - warmup)
  const { share }: AnySchedule = schedules[schedule.kind]
  return optimizer.learningRate * share({ progress, epoch: update / updatesPerEpoch }, schedule as never)
}
