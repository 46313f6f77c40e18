import { defineElementwise } from './elementwise.ts'

export const Clip = defineElementwise('Clip')
