import { defineVariadic } from './variadic.ts'

export const Max = defineVariadic('Max', values => Math.max(...values))
