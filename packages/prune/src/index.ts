export {
  type ChannelCuts,
  type ChannelGroup,
  type ChannelGroupOptions,
  type ChannelGroups,
  type ChannelMember,
  type ChannelValue,
  channelGroups,
  type KeptLayer,
} from './channels/channel-groups.ts'
export { cutChannels } from './channels/cut-channels.ts'
export { maskChannels } from './channels/mask-channels.ts'
export { type PrunableGroup, type PrunableReport, prunableReport } from './channels/prunable-report.ts'
export type { PrunedGroup, PruningDetails } from './prune-channels.ts'
export {
  mergeSensitivities,
  readSensitivities,
  type Sensitivities,
  sensitivitiesText,
} from './sensitivity/sensitivities.ts'
export { global } from './strategies/global.ts'
export { magnitude } from './strategies/magnitude.ts'
export { nM } from './strategies/n-m.ts'
export { sensitivity } from './strategies/sensitivity.ts'
export { uniform } from './strategies/uniform.ts'
