import { type Graph, nearest, RecipeError } from '@pare/core-graph'
import { type ChannelCuts, type ChannelGroup, channelGroups } from './channel-groups.ts'

/** A group and which of its channels go. */
export interface ChosenChannels {
  readonly group: ChannelGroup
  readonly channels: readonly number[]
}

/**
 * The groups that cuts name, with the channels that go, each once.
 * @throws RecipeError `RECIPE_GROUP` for a group that the graph does not have, `RECIPE_CHANNEL` for a channel that the
 *   group does not have, or for all of them
 */
export function chosenChannels(graph: Graph, cuts: ChannelCuts): readonly ChosenChannels[] {
  const groups = new Map(channelGroups(graph).groups.map(group => [group.name, group]))
  return [...cuts].flatMap(([name, numbers]) => {
    const channels = [...new Set(numbers)]
    if (channels.length === 0) return []
    const group = groups.get(name)
    if (!group) throw noGroup(graph, name, [...groups.keys()])
    const wrong = channels.find(channel => !Number.isInteger(channel) || channel < 0 || channel >= group.channels)
    if (wrong !== undefined || channels.length === group.channels)
      throw new RecipeError({
        code: 'RECIPE_CHANNEL',
        message:
          wrong === undefined
            ? `All ${group.channels} channels of ${name} would be cut.`
            : `${name} has no channel ${wrong}: they are 0 to ${group.channels - 1}.`,
        hint: 'Leave at least one channel of each group.',
      })
    return [{ group, channels }]
  })
}

function noGroup(graph: Graph, name: string, names: readonly string[]): RecipeError {
  const kept = channelGroups(graph).kept.find(({ node }) => node === name)
  const near = nearest(name, new Set(names)).slice(0, 3)
  return new RecipeError({
    code: 'RECIPE_GROUP',
    message: kept
      ? `The channels of ${name} cannot be cut: ${kept.reason}.`
      : `The model has no group of channels ${name}.`,
    hint:
      near.length > 0
        ? `The nearest are ${near.map(({ word }) => word).join(', ')}; \`pare inspect --prune\` lists all.`
        : 'Nothing in this model can be cut; `pare inspect --prune` says why.',
  })
}
