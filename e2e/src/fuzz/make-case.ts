import { checkData } from './check-data.ts'
import { checkModel } from './check-model.ts'
import { checkRecipeText } from './check-recipe.ts'
import { type Draw, drawOf } from './draw.ts'
import { mutateBytes } from './mutate-bytes.ts'
import { mutateModel } from './mutate-model.ts'
import { mutateText } from './mutate-text.ts'
import { dataSeeds } from './seeds/data-seeds.ts'
import { composedSeeds, modelSeeds } from './seeds/model-seeds.ts'
import { recipeSeeds } from './seeds/recipe-seeds.ts'

/** One broken file, and what is to be done with it. */
export interface Case {
  /** `model:convolutional`: the kind of file and the seed that it was made from. */
  readonly name: string
  readonly bytes: Uint8Array
  /** How far the file got: `refused`, `read` and the like. Throws a Violation where something happened that must not. */
  readonly check: (folder: string) => Promise<string>
}

/** What a module of cases exports. */
export interface CaseMaker {
  /** Case number `number` of a seed: always the same. */
  readonly makeCase: (seed: number, number: number) => Case
}

/** The kinds of files, each as often as it stands here. */
const kinds = [...Array(12).fill('model'), ...Array(3).fill('recipe'), ...Array(5).fill('data')] as (
  | 'model'
  | 'recipe'
  | 'data'
)[]

export function makeCase(seed: number, number: number): Case {
  const draw = drawOf(seed, number)
  switch (draw.pick(kinds)) {
    case 'model':
      return modelCase(draw)
    case 'recipe':
      return recipeCase(draw)
    default:
      return dataCase(draw)
  }
}

function modelCase(draw: Draw): Case {
  const { name, bytes } = draw.pick(draw.oneIn(2) ? composedSeeds : modelSeeds)
  const mutate = draw.oneIn(3) ? mutateBytes : mutateModel
  const mutated = new Uint8Array(mutate(bytes, draw, draw.pick(modelSeeds).bytes))
  return { name: `model:${name}`, bytes: mutated, check: () => checkModel(mutated, draw) }
}

function recipeCase(draw: Draw): Case {
  const { name, bytes } = draw.pick(recipeSeeds)
  const mutate = draw.oneIn(4) ? mutateBytes : mutateText
  const mutated = mutate(bytes, draw, draw.pick(recipeSeeds).bytes)
  return { name: `recipe:${name}`, bytes: mutated, check: () => checkRecipeText(mutated) }
}

function dataCase(draw: Draw): Case {
  const seed = draw.pick(dataSeeds)
  const mutate = seed.isText && draw.below(4) > 0 ? mutateText : mutateBytes
  const changed = mutate(seed.bytes, draw, draw.pick(dataSeeds).bytes)
  const mutated = seed.repair && draw.oneIn(2) ? seed.repair(changed) : changed
  return { name: `data:${seed.name}`, bytes: mutated, check: folder => checkData(mutated, seed, folder) }
}
