import { defineChannelRule } from '../rule.ts'
import { fromFront } from './axis.ts'
import { passOthers } from './pass-all.ts'

/** Axes that keep their size stay as they are; sizes that are stated are those after the cut. */
export const Resize = defineChannelRule({
  op: 'Resize',
  flow: ({ X, roi, sizes }, { axes, coordinate_transformation_mode: mode }, flow) => {
    const after = flow.outputShapes[0]
    if (!after || mode === 'tf_crop_and_resize' || roi?.axis(0) || (sizes && !sizes.numbers)) return {}
    const along = axes?.map(axis => fromFront(axis, X.shape.length)) ?? [...X.shape.keys()]
    return { Y: passOthers(X, axis => along.includes(axis) && X.shape[axis] !== after[axis]) }
  },
  cut: ({ X, sizes }, { axes }, { outputs }) => {
    const after = outputs[0]?.after ?? []
    const along = axes?.map(axis => fromFront(axis, X.shape.length)) ?? [...X.shape.keys()]
    return sizes ? { inputs: { sizes: along.map(axis => Number(after[axis])) } } : {}
  },
})
