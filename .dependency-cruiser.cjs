/**
 * The arrows of the house, held by `npm run check:arch`. docs/ARCHITECTURE.md draws them and
 * docs/adr/0005 says why. Type-only imports count: an arrow is an arrow.
 *
 * If a rule stops you, the code you need usually belongs one floor lower. Move it there instead of
 * widening the rule. A new room gets a line in ROOMS, below everything that it may see.
 */

/** Every room with the rooms that it may import, lowest first. config/limits.ts is open to all but kernel. */
const ROOMS = {
  kernel: [],
  config: [],
  storage: ['kernel'],
  event: ['kernel', 'storage'],
  graph: ['kernel', 'event'],
  webhook: ['kernel', 'storage', 'event', 'graph'],
  template: ['kernel', 'storage', 'event', 'graph'],
  guard: ['kernel', 'storage', 'graph', 'template'],
  coupon: ['kernel', 'storage', 'event', 'graph', 'template'],
  claim: ['kernel', 'storage', 'event', 'graph', 'template', 'guard', 'coupon'],
  issue: ['kernel', 'storage', 'event', 'graph', 'template', 'guard', 'coupon', 'claim'],
  grant: ['kernel', 'storage', 'event', 'graph', 'template', 'coupon', 'claim'],
  customer: ['kernel', 'storage', 'event', 'graph', 'template', 'coupon', 'claim', 'grant'],
  erasure: ['kernel', 'storage', 'event', 'graph'],
  quote: ['kernel', 'storage', 'event', 'graph', 'template', 'coupon'],
  redemption: ['kernel', 'storage', 'event', 'graph', 'template', 'coupon', 'quote'],
  simulation: ['kernel', 'storage', 'event', 'graph', 'template', 'coupon', 'quote', 'redemption'],
  numbers: ['kernel', 'storage', 'event', 'graph', 'template', 'coupon', 'quote', 'redemption'],
};

const reads = (...rooms) => `^src/(${rooms.join('|')})/`;

/** What stands above the rooms: main.ts, service.ts, app.ts and installation.ts put them together. */
const ROOF = '^src/[a-z-]+\\.ts$';

const arrows = Object.entries(ROOMS).map(([room, below]) => ({
  name: `arrows-of-${room}`,
  severity: 'error',
  comment:
    below.length === 0
      ? `src/${room} stands on nothing of ours. Hand in what it needs as an argument.`
      : `src/${room} may import src/{${below.join(',')}} and config/limits.ts, nothing beside or above it. ` +
        'Move what you need to a lower room, or hand it in from src/app.ts.',
  from: { path: reads(room) },
  to: {
    path: '^src/',
    pathNot: [reads(room, ...below), ...(room === 'kernel' ? [] : ['^src/config/limits\\.ts$'])],
  },
}));

module.exports = {
  forbidden: [
    ...arrows,
    {
      name: 'arrows-of-upkeep',
      severity: 'error',
      comment:
        'Jobs call use cases and stores of the capabilities. Only jobs.ts, the page that lists them all, knows the whole application.',
      from: { path: '^src/upkeep/', pathNot: '^src/upkeep/jobs\\.ts$' },
      to: {
        path: '^src/',
        pathNot: [reads(...Object.keys(ROOMS), 'upkeep'), '^src/installation\\.ts$'],
      },
    },
    {
      name: 'nobody-imports-an-entry-point',
      severity: 'error',
      comment:
        'main.ts, tools/ and demo/ are started, not imported: importing one would start it. Move what you need out of it.',
      from: { path: '^src/', pathNot: '^src/(tools|demo)/' },
      to: { path: '^src/(main\\.ts$|tools/|demo/)' },
    },
    {
      name: 'the-product-does-not-know-the-demo',
      severity: 'error',
      comment: 'src/demo shows the service from outside. Nothing else may depend on it.',
      from: { path: '^src/', pathNot: '^src/demo/' },
      to: { path: '^src/demo/' },
    },
    {
      name: 'the-face-is-on-top',
      severity: 'error',
      comment:
        'src/subgraph (schema, HTTP, authentication) is used by service.ts, tools/ and demo/ only. What a capability shares with the graph belongs in src/graph.',
      from: { path: '^src/', pathNot: ['^src/(subgraph|tools|demo)/', ROOF] },
      to: { path: '^src/subgraph/' },
    },
    {
      name: 'the-composition-root-is-on-top',
      severity: 'error',
      comment:
        'src/app.ts wires everything, so whoever imports it depends on everything. Name the one use case that you need in your constructor.',
      from: {
        path: '^src/',
        pathNot: ['^src/(subgraph|tools|demo)/', '^src/upkeep/jobs\\.ts$', ROOF],
      },
      to: { path: '^src/app\\.ts$' },
    },
    {
      name: 'rules-are-pure',
      severity: 'error',
      comment:
        'A file in rules/ decides and does nothing else: it may import kernel, other rules, *.types.ts and config/limits.ts. Let the use case read, and pass what it read.',
      from: { path: '^src/.+/rules/' },
      to: {
        path: '^src/',
        pathNot: ['^src/kernel/', '/rules/', '\\.types\\.ts$', '^src/config/limits\\.ts$'],
      },
    },
    {
      name: 'rules-use-pure-libraries',
      severity: 'error',
      comment:
        'A rule has no I/O, no clock and no randomness, so it may use only libraries that compute: luxon, ipaddr.js, and node:crypto for hashes. Randomness is an argument.',
      from: { path: '^src/.+/rules/' },
      to: {
        dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'core'],
        pathNot: ['(^|/)node_modules/((@types/)?luxon|ipaddr\\.js)/', '^(node:)?crypto$'],
      },
    },
    {
      name: 'kernel-uses-pure-libraries',
      severity: 'error',
      comment: 'The kernel computes. Of libraries it may use node:crypto (hashes) and ulid (ids).',
      from: { path: '^src/kernel/' },
      to: {
        dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'core'],
        pathNot: ['(^|/)node_modules/ulid/', '^(node:)?crypto$'],
      },
    },
    {
      name: 'types-are-words',
      severity: 'error',
      comment:
        '*.types.ts names the words of a room. It may import kernel and other *.types.ts only, so that everybody may import it.',
      from: { path: '^src/.+\\.types\\.ts$' },
      to: { path: '^src/', pathNot: ['^src/kernel/', '\\.types\\.ts$'] },
    },
    {
      name: 'the-graph-stays-in-the-face',
      severity: 'error',
      comment:
        'type-graphql belongs in *.graphql.ts, *.resolver.ts, src/graph and src/subgraph. Use cases and rules do not know that they are asked over GraphQL.',
      from: {
        path: '^src/',
        pathNot: ['\\.(graphql|resolver)\\.ts$', '^src/(graph|subgraph|demo|tools)/'],
      },
      to: { path: '(^|/)node_modules/(type-graphql|graphql|@apollo)/' },
    },
    {
      name: 'use-cases-do-not-know-their-face',
      severity: 'error',
      comment:
        '*.graphql.ts and *.resolver.ts are the face: they import use cases, never the other way round. Words that both need go into *.types.ts.',
      from: {
        path: '^src/',
        pathNot: ['\\.(graphql|resolver)\\.ts$', '^src/(graph|subgraph|demo|tools)/'],
      },
      to: { path: '\\.(graphql|resolver)\\.ts$' },
    },
    {
      name: 'one-door-to-each-store',
      severity: 'error',
      comment:
        'Drivers and MikroORM live in src/storage, where deadlines and the three kinds of failure are. Ask Database or RedisStore.',
      from: { path: '^src/', pathNot: '^src/storage/' },
      to: { path: '(^|/)node_modules/(@mikro-orm/|mysql2/|ioredis/)' },
    },
    {
      name: 'the-environment-is-handed-down',
      severity: 'error',
      comment:
        'config/environment.ts is read once, at the top. Take the one value that you need as an argument.',
      from: {
        path: '^src/',
        pathNot: ['^src/(subgraph|tools|demo|config)/', ROOF],
      },
      to: { path: '^src/config/environment\\.ts$' },
    },
    {
      name: 'private-servers-have-one-user',
      severity: 'error',
      comment:
        'src/storage/servers starts private servers where none are configured. Only installation.ts decides that; everybody else is given a connection.',
      from: { path: '^src/', pathNot: '^src/(storage/servers/|installation\\.ts$)' },
      to: { path: '^src/storage/servers/' },
    },
    {
      name: 'no-circles',
      severity: 'error',
      comment:
        'Files in a circle cannot be understood, or loaded, one after the other. Move what both need into a third file below them.',
      from: { path: '^src/' },
      to: { circular: true },
    },
    {
      name: 'no-development-packages',
      severity: 'error',
      comment:
        'The image is installed without devDependencies. Move the package to dependencies, or the code to src/demo, test or bench.',
      from: { path: '^src/', pathNot: '^src/demo/' },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['type-only'],
        pathNot: '(^|/)node_modules/@types/',
      },
    },
    {
      name: 'packages-are-declared',
      severity: 'error',
      comment:
        'The import resolves to nothing, or to a package that package.json does not name. It would break with the next install.',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'] },
    },
    {
      name: 'nothing-is-left-over',
      severity: 'error',
      comment:
        'Nobody imports this file and it imports nothing. Delete it, or name it here if it is started by itself.',
      from: { orphan: true, path: '^src/', pathNot: '^src/(main\\.ts$|tools/|demo/)|\\.d\\.ts$' },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types', 'typings'],
    },
  },
};
