import { arg, defineModule, probe, pythonRegex, z } from '../../src/module/index.ts'
import type { Facts, FileFact, Plan, Probe } from '../../src/module/index.ts'
import { ALGORITHMS, checksumProbe, readChecksums } from './checksum.ts'
import { utf8 } from '../lib/content.ts'
import { ageSeconds, listProbe, matcher, readListing, readTree, sizeBytes, treeProbe, type Found } from './find/listing.ts'
import { withHome } from '../lib/home.ts'
import { answer, needAll } from '../lib/known.ts'
import { resolveMode } from '../lib/mode.ts'
import { regexp } from '../lib/regexp-argument.ts'
import { statDict } from './stat-dict.ts'

const args = z
  .strictObject({
    paths: arg.list.meta({ description: 'Directories to look in.', aliases: ['name', 'path'] }),
    patterns: arg.list
      .default([])
      .meta({
        description: 'Shell patterns (or with use_regex Python regexps) of the names; any of them.',
        aliases: ['pattern'],
      }),
    excludes: arg.list.default([]).meta({ description: 'As patterns: what to leave out.', aliases: ['exclude'] }),
    use_regex: arg.boolean.default(false).describe('patterns and excludes are regular expressions, from the start of the name.'),
    file_type: z.enum(['file', 'directory', 'link', 'any']).default('file').describe('What to find.'),
    recurse: arg.boolean.default(false).describe('Look into directories below as well.'),
    depth: arg.integer.optional().describe('How deep to look; 1 is the directory itself.'),
    hidden: arg.boolean.default(false).describe('Also what begins with a dot.'),
    follow: arg.boolean.default(false).describe('Follow links.'),
    age: z
      .string()
      .regex(/^-?\d+[smhdw]?$/i, "expected an age such as '2d', '-1h'")
      .optional()
      .describe("At least so old; with a minus at most: '2d', '-1w' (s m h d w)."),
    age_stamp: z.enum(['atime', 'ctime', 'mtime']).default('mtime').describe('Which time counts.'),
    size: z
      .string()
      .regex(/^-?\d+[bkmgt]?$/i, "expected a size such as '10m', '-1k'")
      .optional()
      .describe("At least so large; with a minus at most: '10m' (b k m g t)."),
    contains: regexp().optional().describe('A regular expression that a line of the file begins with.'),
    read_whole_file: arg.boolean.default(false).describe('contains may match anywhere, across lines.'),
    mode: arg.mode.optional().describe('Permission bits.'),
    exact_mode: arg.boolean.default(true).describe('mode must be equal; false: at least these bits.'),
    get_checksum: arg.boolean.default(false).describe('Give the checksum of each file.'),
    checksum_algorithm: z
      .enum(ALGORITHMS)
      .default('sha1')
      .meta({ description: 'Which checksum.', aliases: ['checksum', 'checksum_algo'] }),
  })
  .superRefine((value, context) => {
    if (value.paths.length === 0)
      context.addIssue({ code: 'custom', path: ['paths'], message: 'expected at least one directory' })
    if (!value.use_regex) return
    for (const pattern of [...value.patterns, ...value.excludes]) {
      try {
        pythonRegex(pattern)
      } catch (error) {
        context.addIssue({ code: 'custom', path: ['patterns'], message: (error as Error).message })
      }
    }
  })
type Args = z.output<typeof args>

const NOW = probe.command({ argv: ['date', '+%s'] })
const depth = (args: Args) => (args.recurse ? args.depth : 1)
const listing = (args: Args) => args.paths.map((path) => listProbe(path, args.follow, depth(args)))
const content = ({ path }: Found) => probe.file({ path, follow: true, content: true })

const module = defineModule({
  name: 'find',
  changes: false,
  summary: 'Finds files by name, age, size, kind or content; changes nothing.',
  examples: `
- name: old heap dumps
  find: { paths: /opt/apim/repository/logs, patterns: '*.hprof', age: 7d, recurse: true }
  register: dumps
`,
  args,
  returns: {
    files: 'What was found: each as stat describes it.',
    matched: 'How many.',
    examined: 'How many were looked at.',
    skipped_paths: 'Paths that could not be looked at, with the reason.',
  },

  observe(args, known): Probe[] {
    const asked: Probe[] = [...listing(args), ...trees(args, known), ...(args.age === undefined ? [] : [NOW])]
    if (
      !asked.every((question) => known.has(question)) ||
      !args.paths.every((_, index) => below(args, index, known)) ||
      (args.age !== undefined && !answer(known, NOW))
    )
      return asked
    const candidates = select(args, known)
    if (args.contains !== undefined) asked.push(...candidates.map(content))
    const files = args.get_checksum ? withContent(args, candidates, known).filter(({ fact }) => fact.type === 'file') : []
    return files.length > 0
      ? [
          ...asked,
          checksumProbe(
            args.checksum_algorithm,
            files.map(({ path }) => path),
          ),
        ]
      : asked
  },

  plan(args, facts): Plan {
    for (const [index, list] of listing(args).entries()) if (!below(args, index, facts)) facts.need(list)
    if (args.age !== undefined) facts.need(NOW)
    const candidates = select(args, facts)
    if (args.contains !== undefined) needAll(facts, candidates.map(content))
    const found = withContent(args, candidates, facts)
    const sums = checksums(args, found, facts)
    const files = found.map(({ path, fact }) => ({
      ...statDict(path, fact),
      ...(sums.has(path) && { checksum: sums.get(path) }),
    }))
    const skipped = Object.fromEntries(
      args.paths
        .map((path, i) => [path, answer(facts, listing(args)[i]!)] as const)
        .flatMap(([path, list]) => (list && list.rc !== 0 && list.stdout === '' ? [[path, list.stderr.trim()]] : [])),
    )
    const examined = args.paths.flatMap((_, index) => below(args, index, facts) ?? []).length
    const msg = Object.keys(skipped).length > 0 ? 'Not all paths examined, check warnings for details' : 'All paths examined'
    return { changes: [], result: { files, matched: files.length, examined, msg, skipped_paths: skipped } }
  },
})

/** Asked for where the listing can't be known. */
function trees(args: Args, facts: Facts): Probe[] {
  return args.paths.flatMap((path, index) => {
    const list = listing(args)[index]!
    const tree = treeProbe(path, args.follow, depth(args))
    return tree && facts.has(list) && !answer(facts, list) ? [tree] : []
  })
}

/** What is below a path; undefined where check mode can't know it. */
function below(args: Args, index: number, facts: Facts): Found[] | undefined {
  const list = answer(facts, listing(args)[index]!)
  if (list) return readListing(list)
  const path = args.paths[index]!
  const tree = treeProbe(path, args.follow, depth(args))
  const entries = tree && answer(facts, tree)
  if (!entries) return undefined
  const found = readTree(path, entries)
  return found.some(({ fact }) => !tellsAll(args, fact)) ? undefined : found
}

/** A file that will be written has no size or time yet by which it could be chosen. */
function tellsAll(args: Args, fact: FileFact): boolean {
  return !(args.age !== undefined && fact[args.age_stamp] === undefined) && !(args.size !== undefined && fact.size === undefined)
}

/** Everything but the content is known from the listing. */
function select(args: Args, facts: Facts): Found[] {
  const matches = matcher(args.patterns, args.use_regex)
  const excluded = args.excludes.length > 0 ? matcher(args.excludes, args.use_regex) : () => false
  const now = args.age === undefined ? 0 : Number(facts.need(NOW).stdout)
  return args.paths
    .flatMap((_, index) => below(args, index, facts) ?? [])
    .filter(({ name, fact }) => {
      if (args.file_type !== 'any' && fact.type !== args.file_type) return false
      if (!args.hidden && name.startsWith('.')) return false
      return (
        matches(name) &&
        !excluded(name) &&
        within(args.age && ageSeconds(args.age), now - (fact[args.age_stamp] ?? 0)) &&
        within(args.size && sizeBytes(args.size), fact.size ?? 0) &&
        hasMode(args, fact.mode ?? 0)
      )
    })
}

/** Not less than the limit, or not more than a negative one. */
function within(limit: number | '' | undefined, value: number): boolean {
  if (limit === undefined || limit === '') return true
  return Object.is(Math.sign(limit), -1) || Object.is(limit, -0) ? value <= -limit : value >= limit
}

function hasMode({ mode, exact_mode }: Args, bits: number): boolean {
  if (mode === undefined) return true
  const wanted = resolveMode(mode, { mode: 0, directory: false })
  return exact_mode ? bits === wanted : (bits & wanted) === wanted
}

function withContent({ contains, read_whole_file }: Args, found: Found[], facts: Facts): Found[] {
  if (contains === undefined) return found
  const pattern = pythonRegex(read_whole_file ? contains : `(?:${contains})`, {}, read_whole_file ? '' : 'y')
  const holds = (text: string): boolean => {
    pattern.lastIndex = 0
    return pattern.test(text)
  }
  return found.filter((file) => {
    const bytes = answer(facts, content(file))?.content
    if (!bytes) return false
    return read_whole_file ? holds(utf8(bytes)) : (utf8(bytes).match(/[^\n]*\n|[^\n]+$/g) ?? []).some(holds)
  })
}

function checksums(args: Args, found: Found[], facts: Facts): Map<string, string> {
  const paths = found.filter(({ fact }) => fact.type === 'file').map(({ path }) => path)
  return args.get_checksum && paths.length > 0
    ? readChecksums(facts.need(checksumProbe(args.checksum_algorithm, paths)))
    : new Map()
}

export default withHome(['paths'], module)
