import {
  createBuilder,
  dataTypeCode,
  type Graph,
  type GraphBuilder,
  inferTypes,
  RecipeError,
  type StrategyContext,
  type StrategyResult,
  type TrainingPart,
  type TrainingTerm,
  tensorOf,
  upgradeOpset,
  type Value,
} from '@pare/core-graph'
import { checkKind, sameChannels, sameSize } from './align.ts'
import type { Aligner, Comparison } from './comparison.ts'
import { checkNames, frozenTeacher } from './merge-teacher.ts'
import type { CommonOptions } from './options.ts'
import { teacherOutputs } from './teacher-outputs.ts'
import { keptTeacher, mergedTeacher, type TeacherSource } from './teacher-source.ts'
import { matchedPairs, missingTensor, type TensorPair } from './tensor-pairs.ts'

/** What a strategy compares, and how. */
export interface Distillation {
  readonly comparison: Comparison
  /** By names or patterns of tensors of the student and of the simplified teacher. */
  readonly pairs: readonly TensorPair[]
  readonly options: CommonOptions
  /** Options of the loss. */
  readonly lossOptions?: Readonly<Record<string, unknown>>
}

/** Tells adapters' weights from all else that is drawn from a seed. */
const adapterStream = 0xada9

/** The teacher as it is merged. @throws RecipeError `RECIPE_NEED` when the strategy was given none */
export function teacherOf({ teacher }: StrategyContext, id: string): Graph {
  if (teacher) return frozenTeacher(teacher)
  throw new RecipeError({
    code: 'RECIPE_NEED',
    message: `${id} was given no teacher.`,
    hint: 'Say in the recipe which model the student is to learn from.',
  })
}

/**
 * The part that a distillation has in a training: teacher, adapters and terms of the loss. The student is not changed.
 * @param id of the strategy
 * @throws RecipeError `RECIPE_NEED`, `RECIPE_PAIR`, ModelError `MODEL_TEACHER` for what cannot be compared, DataError
 *   `DATA_CACHE` for data of which the teacher's tensors cannot be kept
 */
export async function distillation(
  id: string,
  student: Graph,
  patterns: Distillation,
  context: StrategyContext,
): Promise<StrategyResult> {
  checkNames(student)
  const { options } = patterns
  const teacher = teacherOf(context, id)
  const pairs = matchedPairs(upgradeOpset(student), teacher, patterns.pairs, context.note)
  const names = pairs.flatMap(pair => pair.teacher)
  const source = options.cache
    ? keptTeacher(id, await teacherOutputs(teacher, names, context, id))
    : mergedTeacher(teacher)
  const given = { ...patterns, pairs, teacher, source }
  const extend = (graph: Graph) => extended(graph, id, given, context.seed)
  const active = activeName(options)
  const training: TrainingPart = {
    extend,
    terms: graph => pairs.map(pair => termOf(graph, pair, given)),
    frozen: source.frozen,
    ...(source.feeds && { feeds: source.feeds }),
    ...(active !== undefined && {
      state: new Map([[active, active]]),
      onEpoch: async ({ epoch, epochs, writeState }) => {
        if (epoch === 1 && epochs < (options.epochs?.from ?? 1))
          context.note(
            `${id} counts from epoch ${options.epochs?.from} on, which the training of ${epochs} does not reach.`,
          )
        await writeState({ [active]: scalar(isActive(options, epoch) ? 1 : 0) })
      },
    }),
  }
  // What does not go together is to be told before anything is trained.
  const trial = extend(student)
  return { graph: student, details: { pairs: pairs.map(pair => detailsOf(trial, pair, given)) }, training }
}

/** A distillation whose pairs are matched. */
interface Lesson extends Distillation {
  readonly teacher: Graph
  readonly source: TeacherSource
}

/** Adds the teacher, unless another strategy did, and for each pair what makes its tensors alike. */
function extended(graph: Graph, id: string, given: Lesson, seed: number): Graph {
  const { comparison, pairs, options, teacher, source } = given
  // As pairs were matched: functions inlined, operators in their newest form.
  const model = upgradeOpset(graph)
  const b = createBuilder(source.addTo(model))
  const { values } = inferTypes(model)
  const active = activeName(options)
  if (active !== undefined && !values.has(active)) b.initializer(active, tensorOf('float32', [], [1]))
  for (const [index, pair] of pairs.entries()) {
    const key = keyOf(given, pair)
    const names = namesOf(given, pair)
    if ([...names.keys()].some(input => values.has(`${key}/${input}`))) continue
    const own = pair.student.map(name => valueNamed(b, model, 'student', name))
    const others = pair.teacher.map(name => valueNamed(b, teacher, 'teacher', name, source.nameOf(name)))
    for (const value of [...own, ...others]) checkKind(value, comparison.kinds, id)
    const aligned = b.scope(key, () => {
      // A teacher may compute in half floats.
      const alike = others.map((value, place) => asTypeOf(b, value, own[place] ?? value))
      return comparison.align(alignerOf(b, key, index, options, seed), own, alike)
    })
    for (const [place, [input, name]] of [...names].entries()) {
      const value = [...aligned.student, ...aligned.teacher][place]
      if (value && value.name !== name) b.named(value, `${key}/${input}`)
    }
  }
  return b.build()
}

function valueNamed(b: GraphBuilder, graph: Graph, side: 'student' | 'teacher', name: string, merged = name): Value {
  if (inferTypes(graph).values.has(name)) return b.value(merged)
  throw missingTensor(graph, side, name)
}

const asTypeOf = (b: GraphBuilder, value: Value, { dataType }: Value): Value =>
  value.dataType === dataType ? value : b.Cast(value, { to: dataTypeCode(dataType) })

const alignerOf = (
  b: GraphBuilder,
  key: string,
  index: number,
  { adapter = 'auto' }: CommonOptions,
  seed: number,
): Aligner => ({
  builder: b,
  sameSize: (student, teacher) => sameSize(b, student, teacher),
  sameChannels: (student, teacher, place = 0) =>
    sameChannels(b, student, teacher, {
      adapter,
      name: `${key}/adapter${place === 0 ? '' : place + 1}`,
      seeds: [seed, adapterStream + place, index],
    }),
})

/**
 * What the names of a pair's own tensors begin with: made of what they compute, since two strategies of a stage may
 * compare the same tensors, and neither knows of the other.
 */
const keyOf = ({ comparison, options: { adapter } }: Lesson, { student, teacher }: TensorPair): string =>
  ['distill', comparison.id, ...(adapter === undefined ? [] : [`adapter-${adapter}`]), `${student}~${teacher}`].join(
    '/',
  )

/** The tensors of a pair as they are, by the loss's names for them. */
const namesOf = (
  { comparison: { inputs }, source }: Lesson,
  { student, teacher }: TensorPair,
): ReadonlyMap<string, string> =>
  new Map([
    ...inputs.student.map((input, place) => [input, student[place] ?? ''] as const),
    ...inputs.teacher.map((input, place) => [input, source.nameOf(teacher[place] ?? '')] as const),
  ])

/** A pair's term of the loss, of its tensors as they are or as `extended` made them alike. */
function termOf(graph: Graph, pair: TensorPair, given: Lesson): TrainingTerm {
  const { comparison, pairs, options, lossOptions } = given
  const { values } = inferTypes(graph)
  const key = keyOf(given, pair)
  const tensors = Array.from(namesOf(given, pair), ([input, name]) => {
    const made = `${key}/${input}`
    return [input, values.has(made) ? made : name] as const
  })
  const active = activeName(options)
  return {
    loss: active === undefined ? comparison.loss : comparison.gated,
    weight: options.weight * pair.weight,
    name: pairs.length === 1 ? comparison.id : `${comparison.id} ${pair.student.join(' → ')}`,
    ...Object.fromEntries(tensors),
    ...(active !== undefined && { active }),
    ...lossOptions,
  }
}

/** The name of the number that says whether the terms count; undefined where they always do. */
const activeName = ({ epochs }: CommonOptions): string | undefined =>
  epochs && `distill/epochs ${epochs.from} to ${epochs.to ?? 'the last'}`

const isActive = ({ epochs }: CommonOptions, epoch: number): boolean =>
  epochs === undefined || (epoch >= epochs.from && epoch <= (epochs.to ?? Number.POSITIVE_INFINITY))

const scalar = (value: number) => ({ dataType: 'float32' as const, dims: [], data: Float32Array.of(value) })

/** For the report: the tensors of a pair with their shapes, and the channels that adapters make. */
function detailsOf(graph: Graph, pair: TensorPair, given: Lesson) {
  const { values } = inferTypes(graph)
  const described = (tensor: string, name = tensor) => ({ tensor, shape: values.get(name)?.shape ?? null })
  const start = `${keyOf(given, pair)}/adapter`
  const adapters = [...graph.initializers].filter(([name]) => name.startsWith(start) && name.endsWith('/bias'))
  return {
    student: pair.student.map(name => described(name)),
    teacher: pair.teacher.map(name => described(name, given.source.nameOf(name))),
    weight: pair.weight,
    adapters: adapters.map(([, { dims }]) => dims[0] ?? 0),
  }
}
