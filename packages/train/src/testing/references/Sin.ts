import { defineElementwise } from './elementwise.ts'

export const Sin = defineElementwise('Sin', 'input', x => Math.sin(x))
