import { DataError, type DataSource } from '@pare/core-graph'
import type { AnyLoss } from './loss.ts'
import { losses } from './losses/registry.ts'
import type { TrainOptions } from './train-options.ts'

/**
 * Says of data what a training would say before its first step, without the model: that its number of samples is known
 * and fills an update, and that it has the labels that the losses of the options take.
 * @throws DataError `DATA_SIZE`, `DATA_LABELS`
 */
export function checkTrainingData(source: DataSource, options: TrainOptions): void {
  stepsOf(source, options)
  if (source.labelled || !options.loss.some(takesTargets)) return
  throw labelsMissing()
}

function takesTargets(term: TrainOptions['loss'][number]): boolean {
  const { inputs }: Pick<AnyLoss, 'inputs'> = losses[term.loss]
  return Object.entries(inputs).some(
    ([name, from]) => from === 'targets' && (term as Readonly<Record<string, unknown>>)[name] === undefined,
  )
}

/** The error of data without labels, for a loss that takes them. */
export const labelsMissing = () =>
  new DataError({
    code: 'DATA_LABELS',
    message: 'The training data has no labels.',
    hint: 'Give the class of each sample, or a loss that needs none.',
  })

/** Batches of an epoch: those that fill an update. @throws DataError `DATA_SIZE` */
export function stepsOf({ size }: DataSource, { batchSize, accumulate }: TrainOptions): number {
  if (size === undefined)
    throw new DataError({
      code: 'DATA_SIZE',
      message: 'The number of training samples is not known.',
      hint: 'Give data whose size is known.',
    })
  const updates = Math.floor(size / (batchSize * accumulate))
  if (updates > 0) return updates * accumulate
  throw new DataError({
    code: 'DATA_SIZE',
    message: `${size} training samples do not fill ${accumulate === 1 ? 'a batch' : `${accumulate} batches`} of ${batchSize}.`,
    hint: `Give more samples, or make batchSize${accumulate === 1 ? '' : ' or accumulate'} smaller.`,
  })
}
