import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

// The guard of the house: it reads the sources and says in sentences what every file keeps to.
// Each guard is a function from sources to complaints, and is shown a bad source to prove that it can complain.

const root = fileURLToPath(new URL('..', import.meta.url));

/** A file as the guards see it: `code` has comments and the insides of strings blanked, lines kept. */
type Source = { file: string; text: string; code: string; imports: Import[] };
type Import = { from: string; typeOnly: boolean };
type Guard = (sources: Source[]) => string[];

const rooms = [
  'kernel',
  'audit',
  'notify',
  'identity',
  'grants',
  'policy',
  'tokens',
  'approvals',
  'insights',
];
const doors = ['web', 'api', 'jobs'];

// ── What is excepted, by name and with the reason ────────────────────────────────────────────────────────────────

/** Doors stand side by side; what two of them share lives in `lib/api`. */
const sharedBetweenDoors: Record<string, string> = {
  'lib/jobs/start-process.ts → lib/web/setup-token': 'start prints the link that opens setup',
};

/** The bare client knows no org: these files work before an org is known, or across all of them by a role of their own. */
const bareClient: Record<string, string> = {
  'lib/kernel/database.ts': 'makes it',
  'lib/kernel/transact.ts': 'scopes it to an org',
  'lib/kernel/wake.ts': 'listens on a connection of its own',
  'lib/identity/find-api-key.ts': 'the key says the org: a lookup function that returns ids and hashes',
  'lib/identity/queries.ts': 'the address says the orgs: lookup functions',
  'lib/audit/load-log.ts': 'the operator’s tool lists every log by the sealer’s role',
  'lib/audit/seal.ts': 'the sealer: a role that reads leaves and writes seals',
  'lib/jobs/run-sweep.ts': 'the sweep: a role that reads due times',
  'lib/jobs/run-queue.ts': 'the queue: a role that owns the queue alone',
  'lib/jobs/start-process.ts': 'checks every role at start',
  'lib/web/auth.ts': 'sign-in: the role auth, which sees no org',
  'lib/web/sessions.ts': 'sign-in: the role auth, which sees no org',
  'lib/api/readiness.ts': 'asks whether the database answers',
};

/** Exported functions on a bare `Context` that ask for no permission. */
const withoutPermission: Record<string, string> = {
  'lib/identity/queries.ts whoAmI': 'a member reads their own row',
  'lib/approvals/breach-request.ts breachRequest':
    'the clock acts: only what is true by the clock is written',
  'lib/approvals/expire-request.ts expireRequest':
    'the clock acts: only what is true by the clock is written',
  'lib/approvals/record-refusal.ts recordRefusal':
    'says in the record that someone was refused; needs no right',
  'lib/approvals/redeem-token.ts redeemToken': 'the verified token is the credential',
  'lib/approvals/load-request.ts withLockedRequest': 'a lock, which verbs take after they asked',
  'lib/notify/deliver-message.ts deliverMessage': 'the queue acts on what a verb enqueued',
  'lib/audit/load-log.ts *': 'the operator’s tool, which holds the database’s address, checks every log',
  'lib/kernel/transact.ts transact': 'the transaction itself',
};

/** What components may import from the rooms by value, besides `schema` and `rules/`: pure pieces of the kernel. */
const browserSafe = ['exact-number', 'json-pointer', 'json-value', 'strict-json', 'canonical-json'].map(
  (name) => `lib/kernel/json/${name}`,
);

const longOnPurpose: Record<string, string> = {
  'prisma/seed/asks.ts': 'the demo’s asks: matter, not logic',
};

// ── The guards ───────────────────────────────────────────────────────────────────────────────────────────────────

const roomsImportRoomsAbove: Guard = (sources) =>
  edges(product(sources)).flatMap(({ file, to }) => {
    const [from, target] = [roomOf(file), roomOf(to)];
    if (!from || !target || from === target) return [];
    if (doors.includes(from)) return doorComplaint(file, from, to, target);
    if (doors.includes(target)) return [`${file} is a room and imports the door ${to}`];
    return rooms.indexOf(target) < rooms.indexOf(from) ? [] : [`${file} imports the later room ${to}`];
  });

function doorComplaint(file: string, from: string, to: string, target: string): string[] {
  if (!doors.includes(target) || target === 'api' || Object.hasOwn(sharedBetweenDoors, `${file} → ${to}`))
    return [];
  return [`${file} is the door ${from} and imports the door ${to}`];
}

const libKnowsItsRooms: Guard = (sources) =>
  sources
    .filter(
      ({ file }) => file.startsWith('lib/') && !file.endsWith('.test.ts') && !file.startsWith('lib/testing/'),
    )
    .filter(({ file }) => ![...rooms, ...doors].includes(roomOf(file) ?? ''))
    .map(({ file }) => `${file} lies in no room and no door`);

const onlyDoorsKnowNext: Guard = (sources) =>
  product(sources).flatMap(({ file, imports }) => {
    if (!file.startsWith('lib/') || doors.includes(roomOf(file) ?? '')) return [];
    const found = imports.find(({ from }) => /^(next|next-auth|react|@auth)(\/|-|$)/.test(from));
    return found ? [`${file} imports ${found.from}, which only doors may know`] : [];
  });

const doorwaysAreBlindToPrisma: Guard = (sources) =>
  sources
    .filter(({ file }) => /^(app|components)\//.test(file))
    .flatMap(({ file, imports }) =>
      imports
        .filter(({ from }) => /^(@prisma\/|pg$|prisma\/|lib\/kernel\/(database|transact)$)/.test(from))
        .map(({ from }) => `${file} imports ${from}`),
    );

const componentsSeeSchemaAndRules: Guard = (sources) =>
  product(sources)
    .filter(({ file }) => file.startsWith('components/'))
    .flatMap(({ file, imports }) =>
      imports
        .filter(({ from }) => /^(lib|app|bin|prisma)\//.test(from))
        .filter(({ from }) => !/^lib\/[a-z]+\/(schema$|rules\/)/.test(from) && !browserSafe.includes(from))
        .map(({ from }) => `${file} imports ${from}; components see schema and rules`),
    );

/** Follows value imports from every client file: nothing on the way may need a server. */
const clientFilesNeedNoServer: Guard = (sources) => {
  const byName = new Map(sources.map((source) => [source.file.replace(/\.(tsx?|mjs)$/, ''), source]));
  return sources.filter(isClient).flatMap((start) => {
    const seen = new Set<Source>([start]);
    for (const source of seen) {
      for (const { from, typeOnly } of source.imports) {
        const next = typeOnly ? undefined : byName.get(from);
        if (next && !/^'use server'/m.test(next.text)) seen.add(next);
      }
    }
    return [...seen].flatMap(({ file, imports }) =>
      imports
        .filter(
          ({ from, typeOnly }) => !typeOnly && /^(node:|pg$|@prisma|prisma\/|lib\/kernel\/env$)/.test(from),
        )
        .map(({ from }) => `${start.file} reaches ${from} through ${file}`),
    );
  });
};

const impure: [RegExp, string][] = [
  [/\b(database|transact|env|fetch|newId|setTimeout|setInterval)\(/, 'a server, an id or a timer'],
  [/\bprocess\.|\bglobalThis\b|\bconsole\./, 'the process'],
  [/\bDate\.now\b|\bnew Date\(\)|\bperformance\./, 'the clock'],
  [
    /\bMath\.random\b|\brandom(UUID|Bytes|Int|FillSync)\b|\bgetRandomValues\b|\bgenerateKeyPair/,
    'randomness',
  ],
];

const rulesArePure: Guard = (sources) =>
  ruleFiles(sources).flatMap(({ file, code, imports }) => {
    const found = impure.find(([pattern]) => pattern.test(code));
    const foreign = imports.find(({ from, typeOnly }) => !typeOnly && !mayEnterRule(from));
    return [
      ...(found ? [`${file} is a rule and uses ${found[1]}`] : []),
      ...(foreign ? [`${file} is a rule and imports ${foreign.from}`] : []),
    ];
  });

function mayEnterRule(from: string): boolean {
  if (/^(zod|node:crypto|node:zlib)(\/|$)/.test(from)) return true;
  return /^lib\/kernel\/(errors|json\/)|^lib\/[a-z]+\/(rules\/|schema$|document$)/.test(from);
}

const rulesOpenWithTheirSentence: Guard = (sources) =>
  ruleFiles(sources)
    .filter(({ text }) => !/^(?:import [^;]*;\s*)*\/\/ [A-Z][^\n]*(?:\n\/\/ [^\n]*)*\.\n/.test(text))
    .map(({ file }) => `${file} does not open with its rule as a sentence`);

const serverActionsExportActionsOnly: Guard = (sources) =>
  sources
    .filter(({ text }) => /^'use server';/.test(text))
    .flatMap(({ file, code }) =>
      [...code.matchAll(/^export (?!async function |type )[^\n]*/gm)].map(
        ([line]) => `${file} exports a public endpoint that is no async function: ${line}`,
      ),
    );

const doorwaysAreThin: Guard = (sources) =>
  sources
    .filter(({ file }) => /^app\/.*\/?(page|layout|route|actions)\.tsx?$/.test(file))
    .filter(({ text }) => linesOf(text) > 60)
    .map(({ file, text }) => `${file} is a doorway of ${linesOf(text)} lines`);

const filesAreShort: Guard = (sources) =>
  measured(sources)
    .filter(({ file, text }) => linesOf(text) > 250 && !Object.hasOwn(longOnPurpose, file))
    .map(({ file, text }) => `${file} has ${linesOf(text)} lines`);

const mostFilesAreShort: Guard = (sources) => {
  const lengths = measured(sources).map(({ text }) => linesOf(text));
  lengths.sort((a, b) => a - b);
  const at = (share: number) => lengths[Math.floor((lengths.length - 1) * share)] ?? 0;
  return [
    ...(at(0.5) > 70 ? [`half of all files are over ${at(0.5)} lines`] : []),
    ...(at(0.9) > 150 ? [`one file in ten is over ${at(0.9)} lines`] : []),
  ];
};

/** Formatted code begins and ends a top-level function in column 0, so that lines can be counted. */
const functionsAreShort: Guard = (sources) =>
  measured(sources).flatMap(({ file, code }) =>
    topLevel(code)
      .filter(({ head }) => /\bfunction\b|=>|Route\(/.test(head))
      .filter(({ lines }) => lines >= (file.endsWith('.tsx') ? 100 : 50))
      .map(({ head, lines }) => `${file} has a function of ${lines} lines: ${head}`),
  );

const noClassesButAppError: Guard = complainAbout(
  /^\s*(?:export )?(?:abstract )?class (?!AppError )\w+/m,
  'a class',
);
const noEnums: Guard = complainAbout(/^\s*(?:export )?(?:declare )?(?:const )?enum \w/m, 'an enum');
const noAny: Guard = complainAbout(/(?:[:|&]|\bas|<|,)\s*any\b(?=\s*[;,)>=\]|&{}[]|\s*$)(?!\s*\()/m, 'any');
const noBangs: Guard = complainAbout(/[\w)\]]!(?=[.;,)\]:[])/, 'a non-null assertion');
const noStarExports: Guard = complainAbout(/^export \*/m, 'a star export');

const noSilencedChecks: Guard = (sources) =>
  sources
    .filter(
      ({ text }) =>
        /@ts-(ignore|nocheck|expect-error)|eslint-disable/.test(text) ||
        /biome-ignore(?! [\w/]+: \S)/.test(text),
    )
    .map(({ file }) => `${file} silences a check without its reason`);

/** A cast claims what the compiler can't see: the comment that says why stands on its line or just above. */
const castsSayWhy: Guard = (sources) =>
  product(sources)
    .filter(({ file }) => /\.tsx?$/.test(file))
    .flatMap(({ file, text, code }) => {
      const written = text.split('\n');
      return code.split('\n').flatMap((line, index) => {
        const casts =
          /[\w)\]}'"] as (?!const\b)(?:[A-Z{([]|unknown|readonly |string|number|keyof|typeof)/.test(line);
        if (!casts || /^\s*(import|export) |^\s*(type )?\w+ as \w+,$/.test(line)) return [];
        const near = written.slice(Math.max(0, index - 6), index + 1).join('\n');
        return /\/\/|\/\*|^ \* /m.test(near) ? [] : [`${file} casts without a reason: ${line.trim()}`];
      });
    });

const noUnfinishedWork: Guard = (sources) =>
  sources
    .filter(
      ({ text, code }) =>
        /\b(TODO|FIXME|XXX|HACK)\b/.test(text) || /\b(it|test|describe)\.(only|skip|todo)\b/.test(code),
    )
    .map(({ file }) => `${file} is unfinished or leaves a test out`);

const frameworkDefault =
  /(^|\/)(page|layout|loading|error|not-found|global-error|template|default|manifest)\.tsx?$/;
const defaultsOnlyWhereDemanded: Guard = (sources) =>
  sources
    .filter(({ file }) => !(file.startsWith('app/') && frameworkDefault.test(file)))
    .filter(({ file }) => !/\.config\.(ts|mjs)$/.test(file) && file !== 'bin/vitest-database.ts')
    .filter(({ code }) => /^export default\b/m.test(code))
    .map(({ file }) => `${file} has a default export that nobody demands`);

const noBarrels: Guard = (sources) =>
  sources
    .filter(({ file }) => !/^app\/.*\/route\.ts$/.test(file))
    .filter(({ file, code }) => {
      const rest = code.replace(/^export (type )?\{[^}]*\} from '[^']*';/gm, '').trim();
      return /(^|\/)index\.(tsx?|mjs)$/.test(file) || (rest === '' && code.trim() !== '');
    })
    .map(({ file }) => `${file} is a barrel`);

const banned = ['utils', 'util', 'helpers', 'helper', 'common', 'misc', 'manager', 'handler', 'data', 'info'];
const namesSaySomething: Guard = (sources) =>
  sources.flatMap(({ file }) => {
    const parts = file.replace(/(\.(test|db|spec|config|d))*\.(tsx?|mjs)$/, '').split('/');
    const odd = parts.find(
      (part) => !/^(\(?[a-z0-9]+(-[a-z0-9]+)*\)?|\[(\.\.\.)?[a-zA-Z]+\]|openapi\.json)$/.test(part),
    );
    const empty = parts.find((part) => part.split('-').some((word) => banned.includes(word)));
    return [
      ...(odd ? [`${file} is not in kebab-case`] : []),
      ...(empty ? [`${file} has a name that says nothing`] : []),
    ];
  });

const importsAreWrittenOneWay: Guard = (sources) =>
  sources
    .filter(({ file }) => /\.tsx?$/.test(file) && /^(lib|app|components)\//.test(file))
    .flatMap(({ file, text }) =>
      [...uncommented(text).matchAll(/(?:from|import) '(\.[^']*|@\/[^']*)'/g)].flatMap(([, given = '']) => {
        const home = file.split('/').slice(0, 2).join('/');
        const leaves =
          given.startsWith('.') &&
          file.startsWith('lib/') &&
          !resolveFrom(file, given).startsWith(`${home}/`);
        if (/\.(ts|tsx|js|mjs)$/.test(given)) return [`${file} writes an extension: ${given}`];
        return leaves && file.split('/').length > 2 ? [`${file} leaves its room by ${given}: use @/`] : [];
      }),
    );

const bareClientStaysInside: Guard = (sources) =>
  product(sources)
    .filter(({ code }) => /\b(database|connectionOf)\(|\bnew PrismaClient\b/.test(code))
    .filter(({ file }) => /^(lib|app|components)\//.test(file) && !Object.hasOwn(bareClient, file))
    .map(({ file }) => `${file} uses the bare client, which knows no org`);

/** An exported function on a bare `Context` is where a caller comes in: it asks for a permission or is named above. */
const verbsAskForPermission: Guard = (sources) =>
  product(sources)
    .filter(({ file }) => rooms.includes(roomOf(file) ?? ''))
    .flatMap(({ file, code }) =>
      topLevel(code).flatMap(({ head, body }) => {
        const [, name = '', first = ''] =
          /^export (?:async )?function (\w+)(?:<[^>]*>)?\(\s*([^,)]*)/.exec(body) ?? [];
        const takesCaller = /^ctx: (Context|Parameters<typeof transact>|Context \| Transaction)/.test(first);
        const opens = /\b(transact|withLockedRequest|database|singleton)\(/.test(body);
        if (!takesCaller || !opens || /\brequirePermission\(ctx, /.test(body)) return [];
        return isExcepted(file, name) ? [] : [`${file}: ${head} asks for no permission`];
      }),
    );

function isExcepted(file: string, name: string): boolean {
  return Object.hasOwn(withoutPermission, `${file} ${name}`) || Object.hasOwn(withoutPermission, `${file} *`);
}

const guards: { sentence: string; guard: Guard; bad: Record<string, string> }[] = [
  {
    sentence: 'rooms import only rooms above them, and no room imports a door',
    guard: roomsImportRoomsAbove,
    bad: {
      'lib/policy/x.ts': `import { castVote } from '@/lib/approvals/cast-vote';`,
      'lib/kernel/x.ts': `import { openSession } from '@/lib/web/sessions';`,
      'lib/api/x.ts': `import { auth } from '@/lib/web/auth';`,
    },
  },
  {
    sentence: 'every file of lib lies in a room or a door',
    guard: libKnowsItsRooms,
    bad: { 'lib/billing/x.ts': 'export const price = 1;' },
  },
  {
    sentence: 'only doors know Next.js',
    guard: onlyDoorsKnowNext,
    bad: {
      'lib/identity/x.ts': `import { cookies } from 'next/headers';`,
      'lib/audit/x.ts': `import NextAuth from 'next-auth';`,
    },
  },
  {
    sentence: 'pages and components never touch the database',
    guard: doorwaysAreBlindToPrisma,
    bad: {
      'app/x/page.tsx': `import { database } from '@/lib/kernel/database';`,
      'components/x.tsx': `import type { Prisma } from '@/prisma/generated/client';`,
    },
  },
  {
    sentence: 'components see schema, rules and the kernel’s pure JSON pieces only',
    guard: componentsSeeSchemaAndRules,
    bad: { 'components/x.tsx': `import type { Row } from '@/lib/approvals/queries';` },
  },
  {
    sentence: 'nothing that a client file imports by value needs a server',
    guard: clientFilesNeedNoServer,
    bad: {
      'components/x.tsx': `'use client';\nimport { sum } from '@/lib/policy/rules/sum';`,
      'lib/policy/rules/sum.ts': `import { createHash } from 'node:crypto';`,
    },
  },
  {
    sentence: 'rules are pure: no database, settings, clock, randomness or ids',
    guard: rulesArePure,
    bad: {
      'lib/policy/rules/a.ts': 'export const late = (at: Date) => at < new Date();',
      'lib/policy/rules/b.ts': `import { newId } from '@/lib/kernel/ids';`,
      'lib/policy/rules/c.ts': 'export const limit = process.env.LIMIT;',
      'lib/policy/rules/d.ts': 'export const pick = () => Math.random();',
    },
  },
  {
    sentence: 'a rule opens with the rule as a plain sentence',
    guard: rulesOpenWithTheirSentence,
    bad: {
      'lib/policy/rules/a.ts': 'export const one = 1;\n// Too late.\n',
      'lib/policy/rules/b.ts': '// helpers\nexport const one = 1;\n',
    },
  },
  {
    sentence: 'a file of server actions exports server actions and nothing else',
    guard: serverActionsExportActionsOnly,
    bad: { 'app/x/actions.ts': `'use server';\nexport const limit = 5;\nexport async function act() {}` },
  },
  {
    sentence: 'doorways have at most 60 lines',
    guard: doorwaysAreThin,
    bad: { 'app/api/x/route.ts': 'const one = 1;\n'.repeat(61) },
  },
  {
    sentence: 'no file but a test or a primitive has more than 250 lines',
    guard: filesAreShort,
    bad: { 'lib/kernel/x.ts': 'const one = 1;\n'.repeat(251) },
  },
  {
    sentence: 'half of all files have at most 70 lines, nine in ten at most 150',
    guard: mostFilesAreShort,
    bad: { 'lib/kernel/x.ts': 'const one = 1;\n'.repeat(160) },
  },
  {
    sentence: 'functions have fewer than 50 lines; components, whose markup is long, fewer than 100',
    guard: functionsAreShort,
    bad: { 'lib/kernel/x.ts': `export function long() {\n${'  act();\n'.repeat(50)}}\n` },
  },
  {
    sentence: 'there is no class but AppError',
    guard: noClassesButAppError,
    bad: { 'lib/kernel/x.ts': 'export class Service {}' },
  },
  {
    sentence: 'there are no enums',
    guard: noEnums,
    bad: { 'lib/kernel/x.ts': 'export const enum Risk { Low }' },
  },
  {
    sentence: 'nothing is typed any',
    guard: noAny,
    bad: {
      'lib/kernel/a.ts': 'export function read(value: any) {}',
      'lib/kernel/b.ts': 'const x = y as any;',
      'lib/kernel/c.ts': 'let x: Map<string, any>;',
      'lib/kernel/d.ts': 'let x: any[];',
    },
  },
  {
    sentence: 'nothing is asserted to be there by a bang',
    guard: noBangs,
    bad: { 'lib/kernel/a.ts': 'const x = rows[0]!.id;', 'lib/kernel/b.ts': 'call(find()!);' },
  },
  {
    sentence: 'checks are silenced only with a reason',
    guard: noSilencedChecks,
    bad: { 'lib/kernel/a.ts': '// @ts-ignore\nbad();', 'lib/kernel/b.ts': '// biome-ignore lint/x\nbad();' },
  },
  {
    sentence: 'a cast says why it is right',
    guard: castsSayWhy,
    bad: { 'lib/kernel/x.ts': 'const row = found as Row;' },
  },
  {
    sentence: 'nothing is left to do and no test is left out',
    guard: noUnfinishedWork,
    bad: { 'lib/kernel/a.ts': '// TODO later', 'lib/kernel/a.test.ts': `it.only('works', () => {});` },
  },
  {
    sentence: 'default exports stand only where a framework demands them',
    guard: defaultsOnlyWhereDemanded,
    bad: { 'lib/kernel/x.ts': 'export default function act() {}' },
  },
  {
    sentence: 'there are no barrels',
    guard: (sources) => [...noBarrels(sources), ...noStarExports(sources)],
    bad: {
      'lib/kernel/index.ts': 'const one = 1;',
      'lib/kernel/all.ts': `export { one } from './one';\nexport type { Two } from './two';`,
      'lib/kernel/star.ts': `const one = 1;\nexport * from './one';`,
    },
  },
  {
    sentence: 'file names are kebab-case and say something',
    guard: namesSaySomething,
    bad: { 'lib/kernel/utils.ts': '', 'lib/kernel/ErrorMap.ts': '', 'lib/policy/policy-manager.ts': '' },
  },
  {
    sentence: 'imports are relative inside a room, by @/ across rooms, and without extension',
    guard: importsAreWrittenOneWay,
    bad: {
      'lib/policy/a.ts': `import { one } from '../kernel/one';`,
      'lib/policy/b.ts': `import { one } from './one.ts';`,
    },
  },
  {
    sentence: 'the bare database client stays in the files that are named for it',
    guard: bareClientStaysInside,
    bad: { 'lib/approvals/x.ts': `const rows = await database('app').request.findMany();` },
  },
  {
    sentence: 'every verb and query asks for a permission, or is named with the reason why not',
    guard: verbsAskForPermission,
    bad: {
      'lib/approvals/x.ts':
        'export function dropRequest(ctx: Context, id: string): Promise<void> {\n  return transact(ctx, () => drop(id));\n}\n',
    },
  },
];

const sources = readSources();

describe('the house', () => {
  for (const { sentence, guard, bad } of guards) {
    it(sentence, () => {
      expect(guard(sources)).toEqual([]);
      for (const [file, text] of Object.entries(bad)) {
        if (Object.keys(bad).length > 1 && guard !== clientFilesNeedNoServer)
          expect(guard([read(file, text)]), `the control ${file}`).not.toEqual([]);
      }
      expect(guard(Object.entries(bad).map(([file, text]) => read(file, text)))).not.toEqual([]);
    });
  }

  it('names no exception that has gone', () => {
    const edgesNow = new Set(edges(product(sources)).map(({ file, to }) => `${file} → ${to}`));
    expect(Object.keys(sharedBetweenDoors).filter((name) => !edgesNow.has(name))).toEqual([]);
    const unused = Object.keys(bareClient).filter(
      (name) => !sources.some(({ file, code }) => file === name && /\b(database|connectionOf)\(/.test(code)),
    );
    expect(unused).toEqual([]);
    const gone = Object.keys(withoutPermission).filter((name) => {
      const [file, called] = name.split(' ');
      return !sources.some(
        (source) => source.file === file && (called === '*' || source.code.includes(`function ${called}`)),
      );
    });
    expect(gone).toEqual([]);
  });

  it('says where things are truly: files named in the README and the docs exist', () => {
    const pages = ['README.md', ...walk('docs')].filter((file) => file.endsWith('.md'));
    const missing = pages.flatMap((page) =>
      namedFiles(readFileSync(path.join(root, page), 'utf8'))
        .filter((named) => !existsSync(path.join(root, named)))
        .map((named) => `${page} names ${named}`),
    );
    expect(missing).toEqual([]);
    expect(namedFiles('see `lib/kernel/gone.ts` and `npm test`')).toEqual(['lib/kernel/gone.ts']);
  });
});

// ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────

function readSources(): Source[] {
  const folders = ['app', 'components', 'lib', 'bin', 'e2e', 'prisma', 'sdk'].filter((name) =>
    existsSync(path.join(root, name)),
  );
  const files = [...folders.flatMap(walk), 'proxy.ts', 'next.config.mjs'];
  return files
    .filter((file) => /\.(tsx?|mjs)$/.test(file) && file !== 'lib/house.test.ts')
    .map((file) => read(file, readFileSync(path.join(root, file), 'utf8')));
}

function walk(folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory())
      return ['node_modules', 'generated', 'dist'].includes(entry.name) ? [] : walk(name);
    return [name];
  });
}

function read(file: string, text: string): Source {
  return { file, text, code: scan(text, false), imports: importsOf(file, text) };
}

function importsOf(file: string, text: string): Import[] {
  const statements = uncommented(text).matchAll(
    /^(?:import|export) (type )?(?:[^'";]*? from )?'([^']+)'|\bimport\('([^']+)'\)/gm,
  );
  return [...statements].map(([, type, plain, dynamic]) => ({
    from: resolveFrom(file, plain ?? dynamic ?? ''),
    typeOnly: type !== undefined,
  }));
}

function resolveFrom(file: string, given: string): string {
  if (given.startsWith('@/')) return given.slice(2);
  return given.startsWith('.') ? path.posix.join(path.posix.dirname(file), given) : given;
}

function uncommented(text: string): string {
  return scan(text, true);
}

/** Blanks comments and, unless kept, the insides of strings and regular expressions; lines stay where they are. */
function scan(text: string, keepStrings: boolean): string {
  const token =
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|(?<=(?:^|[(,=:[!&|?{};]|=>|return)\s*)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+\/[a-z]*/g;
  return text.replace(token, (found) => {
    if (found.startsWith('//') || found.startsWith('/*')) return found.replace(/[^\n]/g, ' ');
    if (keepStrings) return found;
    const edge = found.charAt(0);
    // What a template calls is code too.
    const calls =
      edge === '`' ? [...found.matchAll(/\$\{([^{}]*)\}/g)].map(([, call]) => call).join(' ') : '';
    return `${edge}${calls}${found.replace(/[^\n]/g, '')}${edge}`;
  });
}

function topLevel(code: string): { head: string; body: string; lines: number }[] {
  const lines = code.split('\n');
  return lines.flatMap((line, start) => {
    if (!/^(export |default |async |function |const )/.test(line)) return [];
    const length = lines
      .slice(start + 1)
      .findIndex((next) => /^\S/.test(next) && !/^[)\]}].*[({[]$/.test(next));
    const end = length === -1 ? lines.length : start + 1 + length;
    const closing = /^[)\]}]/.test(lines[end] ?? '') ? end + 1 : end;
    const body = lines.slice(start, closing).join('\n').trimEnd();
    return [{ head: line, body, lines: body.split('\n').length }];
  });
}

function complainAbout(pattern: RegExp, what: string): Guard {
  return (given) =>
    given.flatMap(({ file, code }) => {
      const found = pattern.exec(code);
      return found ? [`${file} has ${what}: ${found[0].trim()}`] : [];
    });
}

function edges(given: Source[]): { file: string; to: string }[] {
  return given.flatMap(({ file, imports }) => imports.map(({ from }) => ({ file, to: from })));
}

function roomOf(file: string): string | null {
  return /^lib\/([a-z]+)\//.exec(file)?.[1] ?? null;
}

function isClient({ text }: Source): boolean {
  return text.startsWith(`'use client'`);
}

function isTest({ file }: Source): boolean {
  return /\.test\.tsx?$|^e2e\/|\/testing\/|^lib\/testing\//.test(file);
}

function product(given: Source[]): Source[] {
  return given.filter((source) => !isTest(source));
}

function ruleFiles(given: Source[]): Source[] {
  return product(given).filter(({ file }) => /^lib\/[a-z]+\/rules\//.test(file));
}

function measured(given: Source[]): Source[] {
  return product(given).filter(({ file }) => !file.startsWith('components/ui/'));
}

function linesOf(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

function namedFiles(page: string): string[] {
  const named = page.matchAll(/`((?:app|bin|components|docs|e2e|lib|prisma|sdk)\/[\w.()[\]/-]+)`/g);
  return [...named].map(([, name = '']) => name);
}
