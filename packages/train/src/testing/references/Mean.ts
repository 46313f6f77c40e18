import { sum } from '../nd.ts'
import { defineVariadic } from './variadic.ts'

export const Mean = defineVariadic('Mean', values => sum(values) / values.length)
