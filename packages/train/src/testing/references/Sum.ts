import { sum } from '../nd.ts'
import { defineVariadic } from './variadic.ts'

export const Sum = defineVariadic('Sum', values => sum(values))
