import { defineElementwise } from './elementwise.ts'

export const Less = defineElementwise('Less')
