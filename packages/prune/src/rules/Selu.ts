import { defineElementwise } from './elementwise.ts'

export const Selu = defineElementwise('Selu')
