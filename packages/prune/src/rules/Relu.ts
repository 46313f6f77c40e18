import { defineElementwise } from './elementwise.ts'

export const Relu = defineElementwise('Relu')
