import { dataTypeCode, type GraphBuilder, type Value } from '@pare/core-graph'

/** A condition as numbers, 1 where it holds and 0 where not, of the type of `like`. */
export const maskOf = (b: GraphBuilder, condition: Value, like: Value): Value =>
  b.Cast(condition, { to: dataTypeCode(like.dataType) })
