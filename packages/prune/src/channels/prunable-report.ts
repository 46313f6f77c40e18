import { cost, type Graph } from '@pare/core-graph'
import { type ChannelGroup, type ChannelGroupOptions, channelGroups, type KeptLayer } from './channel-groups.ts'
import { cutChannels } from './cut-channels.ts'

/** What can be cut from a model, what each cut saves, and what stays and why. Plain data. */
export interface PrunableReport {
  readonly groups: readonly PrunableGroup[]
  readonly kept: readonly KeptLayer[]
}

export interface PrunableGroup {
  /** The name by which recipes and sensitivity files know the group. */
  readonly name: string
  /** How many channels there are, of which at least one stays. */
  readonly channels: number
  /** The layers that make the channels. */
  readonly makers: readonly string[]
  /** Nodes that work on each channel by itself with parameters of their own: BatchNormalization, depthwise convolutions. */
  readonly followers: readonly string[]
  /** The layers that read the channels. */
  readonly readers: readonly string[]
  /** Weights that go with the first of the channels. */
  readonly parameters: number
  /** Multiply-adds of one sample that go with the first of the channels. */
  readonly macs: number
}

/**
 * What `pare inspect --prune` shows: each group of channels with what one channel costs, and the layers that stay.
 * @throws what `channelGroups` throws
 */
export function prunableReport(graph: Graph, options: ChannelGroupOptions = {}): PrunableReport {
  const { groups, kept } = channelGroups(graph, options)
  const { parameters, macs } = cost(graph).total
  return {
    groups: groups.map(group => {
      const left = cost(cutChannels(graph, new Map([[group.name, [0]]]))).total
      return {
        name: group.name,
        channels: group.channels,
        makers: group.makers,
        followers: nodesOf(group, 'follows').filter(name => !group.makers.includes(name)),
        readers: nodesOf(group, 'reads'),
        parameters: parameters - left.parameters,
        macs: macs - left.macs,
      }
    }),
    kept,
  }
}

const nodesOf = ({ members }: ChannelGroup, role: string): readonly string[] => [
  ...new Set(members.filter(member => member.role === role).map(({ node }) => node)),
]
