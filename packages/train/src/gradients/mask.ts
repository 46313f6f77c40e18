import { dataTypeCode, type GraphBuilder, type Value } from '@pare/core-graph'

/** A value in the type of another. */
export const castLike = (b: GraphBuilder, value: Value, like: Value): Value =>
  value.dataType === like.dataType ? value : b.Cast(value, { to: dataTypeCode(like.dataType) })

/** A condition as numbers, 1 where it holds and 0 where not, of the type of `like`. */
export const maskOf = (b: GraphBuilder, condition: Value, like: Value): Value => castLike(b, condition, like)
