import { defineElementwise } from './elementwise.ts'

export const Celu = defineElementwise('Celu')
