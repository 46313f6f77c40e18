import type { Graph } from '@pare/core-graph'

/** Which groups of channels are wanted, by the nodes that make them: patterns of `matchNodes`. */
export interface ChannelGroupOptions {
  /** Only groups that one of these nodes makes. Default: all. */
  readonly include?: readonly string[]
  /** No group that one of these nodes makes. Default: none. */
  readonly exclude?: readonly string[]
}

/** What of a model can be cut, and what cannot. */
export interface ChannelGroups {
  /** In the order of the nodes that make their channels first. */
  readonly groups: readonly ChannelGroup[]
  /** Layers whose output channels stay, all or some of them, and why. */
  readonly kept: readonly KeptLayer[]
}

/** A layer whose channels stay. */
export interface KeptLayer {
  readonly node: string
  readonly op: string
  /** A clause about the channels, such as `they are the output logits of the model`. */
  readonly reason: string
}

/**
 * Channels that are made by the same layers and read by the same layers, any of which may be cut as long as one is
 * left. A channel is whatever must go together: one place of a convolution's output, the same place in both branches of
 * a residual connection, all positions of a flattened channel, one dimension of all heads.
 */
export interface ChannelGroup {
  /** The node that makes its channels first, with `#2`, … where that one makes several groups; no two groups share it. */
  readonly name: string
  /** How many channels there are. */
  readonly channels: number
  /** The layers that make the channels (`Conv`, `Gemm`, …), by name, in their order. */
  readonly makers: readonly string[]
  /** Every axis of an initializer along which the channels lie. */
  readonly members: readonly ChannelMember[]
  /** Every axis of a value that a node makes along which they lie. */
  readonly values: readonly ChannelValue[]
}

/** An axis of an initializer along which a group's channels lie, perhaps beside others. */
export interface ChannelMember {
  /** Name of the initializer. It may hold integers, dequantized by the DequantizeLinear that reads it. */
  readonly tensor: string
  readonly axis: number
  /**
   * `makes`: the output axis of a layer's weight. `follows`: works on each channel by itself (bias, BatchNormalization,
   * the weight of a depthwise convolution, scales of quantization). `reads`: the input axis of a layer's weight, where
   * zeros do what a cut does.
   */
  readonly role: 'makes' | 'follows' | 'reads'
  /** The node that computes with it (of several, the first), and as which of its inputs by ONNX's name: `W`, `scale`. */
  readonly node: string
  readonly input: string
  /** By channel: its places along the axis. */
  readonly indices: readonly (readonly number[])[]
}

/** An axis of an activation along which a group's channels lie, perhaps beside others. */
export interface ChannelValue {
  readonly value: string
  readonly axis: number
  /** By channel: its places along the axis. */
  readonly indices: readonly (readonly number[])[]
}

/** Channels to cut or to mask: by group name, each channel's number in its group. */
export type ChannelCuts = ReadonlyMap<string, readonly number[]>

/** The functions of this contract, in their own files beside this one. */
export interface ChannelFunctions {
  /** `channel-groups.ts` */
  channelGroups(graph: Graph, options?: ChannelGroupOptions): ChannelGroups
  /** `cut-channels.ts`: the graph without these channels; at least one of each group must be left. */
  cutChannels(graph: Graph, cuts: ChannelCuts): Graph
  /** `mask-channels.ts`: the outputs of the cut graph, from the graph's own shapes: zeros where the channels are read. */
  maskChannels(graph: Graph, cuts: ChannelCuts): Graph
}
