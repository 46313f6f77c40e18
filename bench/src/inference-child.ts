// Runs a teacher on a student's batches as often as it is told, and prints what each run took. Started by step-process.ts.
//   node inference-child.ts '{ "name": "mobilenet-v1-0.5", "teacher": "resnet-18-0.25", "threads": 2 }'

import { simplify } from '@pare/core-graph'
import { createExecutor, runtimeVersion } from '@pare/runtime'
import { type TeacherName, teacherOf } from './joined-strategy.ts'
import { preparedSource } from './prepared-source.ts'
import { stepCommands } from './step-commands.ts'
import { trainingCase } from './training-cases.ts'

const { name, teacher, threads } = JSON.parse(process.argv[2] ?? '{}') as {
  readonly name: string
  readonly teacher: TeacherName
  readonly threads: number
}
const task = trainingCase(name)
const { graph } = simplify(teacherOf(teacher, task))
const commands = stepCommands({ version: runtimeVersion, parameters: 0 })
commands.begin()
await using session = await createExecutor({ threads }).open(graph)
for await (const { inputs } of preparedSource(task, 1_000_000, commands.gate).batches({ batchSize: task.batchSize })) {
  await session.run(inputs)
  commands.stepDone()
}
