import { defineElementwise } from './elementwise.ts'

export const Erf = defineElementwise('Erf')
