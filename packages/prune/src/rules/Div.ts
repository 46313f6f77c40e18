import { defineElementwise } from './elementwise.ts'

export const Div = defineElementwise('Div')
