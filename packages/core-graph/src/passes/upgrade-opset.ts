import { definePass } from '../pass.ts'
import { upgrade } from '../upgrade-opset.ts'

/** Brings a graph of operator set 7 to 20 to 21, at every level (see `upgradeOpset`); a newer one stays as it is. */
export const upgradeOpset = definePass({
  id: 'upgrade-opset',
  description: 'Rewrite operators of older operator sets into the form of operator set 21.',
  requires: [],
  ensures: ['opset-21'],
  run: graph => upgrade(graph, 21),
})
