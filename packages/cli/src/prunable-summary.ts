import { countText } from '@pare/core-graph'
import type { ProposedPair } from '@pare/distill'
import type { PrunableReport } from '@pare/prune'
import { tableText } from './table.ts'

/** What can be cut, what a channel of it saves, and what stays, and why. */
export function prunableSummary({ groups, kept }: PrunableReport): string {
  const channels = groups.reduce((sum, group) => sum + group.channels, 0)
  const lines = [
    `${groups.length} groups of ${channels} channels in all can be cut: in each, at least one channel stays.\n`,
    tableText(
      ['group', 'channels', 'made by', 'read by', 'parameters of one', 'multiply-adds of one'],
      groups.map(({ name, channels, makers, readers, parameters, macs }) => [
        name,
        String(channels),
        someOf(makers),
        someOf(readers),
        countText(parameters),
        countText(macs),
      ]),
    ),
    ...(kept.length === 0
      ? []
      : [
          tableText(
            ['stays whole', 'operator', 'because'],
            kept.map(({ node, op, reason }) => [node, op, reason]),
          ),
        ]),
  ]
  return lines.join('\n')
}

/** Pairs of tensors that are worth comparing in a distillation, the best first. */
export const pairsSummary = (pairs: readonly ProposedPair[]): string =>
  pairs.length === 0
    ? 'The models have no tensors of matching shapes.\n'
    : tableText(
        ['student', 'its shape', 'teacher', 'its shape', 'by', 'because'],
        pairs.map(({ student, teacher, strategies, reason }) => [
          student.tensor,
          student.shape.join('x'),
          teacher.tensor,
          teacher.shape.join('x'),
          strategies[0] ?? '',
          reason,
        ]),
      )

const someOf = ([first = '', ...more]: readonly string[]) =>
  more.length === 0 ? first : `${first}, ${more.length} more`
