import { type Graph, graphIndex } from '@pare/core-graph'
import { figure, type InputContext, type Judgement } from './evidence.ts'

/** Operators that a model which takes pixels from 0 to 255 begins with, to normalize them itself. */
const normalizing = new Set(['Sub', 'Mul', 'Div', 'Add', 'BatchNormalization', 'Cast'])
const through = new Set(['Transpose', 'Identity', 'Reshape'])

/** Where the model tells nothing: pixels from 0 to 255 are seldom what a model of images takes. */
export function guess({ graph, input, isImage, statistics: { low, high, mean } }: InputContext): Judgement {
  const isRaw = low >= 0 && high > 50 && high <= 255 && mean.some(value => value > 10)
  if (!isImage || !isRaw || firstOperators(graph, input).some(op => normalizing.has(op))) return { warning: undefined }
  return {
    warning: `The samples may not be what the model was trained on, though this is a guess, since nothing in the model tells what that was: their values lie between ${figure(low)} and ${figure(high)} (input ${input}), and most models take images from 0 to 1, from -1 to 1, or with mean 0 and standard deviation 1. Look at range, mean and std of the preprocessing.`,
  }
}

/** The operators that read a value, behind those that only rearrange it. */
function firstOperators(graph: Graph, input: string): readonly string[] {
  const { users } = graphIndex(graph)
  const values = [input]
  const operators: string[] = []
  // Grows as it is walked.
  for (const value of values)
    for (const { op, outputs } of users.get(value) ?? [])
      if (through.has(op)) values.push(outputs[0] ?? '')
      else operators.push(op)
  return operators
}
