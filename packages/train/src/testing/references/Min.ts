import { defineVariadic } from './variadic.ts'

export const Min = defineVariadic('Min', values => Math.min(...values))
