import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { DjangoDatabase, DjangoEngine } from './django-engines';
import { describeWhere } from './skip';

/** Debian's Python: its packages install Django and the drivers there. */
const PYTHON = '/usr/bin/python3';

const SITE = join(__dirname, 'django-site', 'django_site.py');

/** Groups tests that need an engine, Django and its driver. */
export function describeWithDjango(
  engine: DjangoEngine,
  tests: (engine: DjangoEngine) => void,
): void {
  const { driver } = engine;
  engine.describe(() =>
    describeWhere(
      canImport('django', driver),
      'Django',
      `run apt-get install python3-django python3-${driver.toLowerCase()}`,
      () => tests(engine),
    ),
  );
}

function canImport(...modules: string[]): boolean {
  try {
    execFileSync(PYTHON, ['-c', `import ${modules.join()}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The Django settings that differ between the sites of the tests. */
export interface DjangoSettings {
  /** The databases, by the names that commands use. */
  readonly databases: Readonly<Record<string, DjangoDatabase>>;
  /** @default true */
  readonly useTz?: boolean;
  /** @default 'UTC' */
  readonly timeZone?: string;
  /** Any other settings. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** How long and how many browsers visit the site. */
export interface Visiting {
  readonly seconds: number;
  readonly browsers: number;
  readonly seed: number;
}

/** The outcome of a visit; see `browsers.py`. */
export type Visit =
  | 'created'
  | 'renewed'
  /** Renewed after the session had expired, since the request had loaded it in time. */
  | 'outlasted'
  | 'flushed'
  /** The session was gone, and the browser came back too late. */
  | 'late'
  /** The session was gone, although the browser came back in time. */
  | 'lost'
  /** The session was deleted during the request: Django's `SessionInterrupted`, an HTTP 400. */
  | 'interrupted'
  /** The same, although the session was alive. */
  | 'interrupted_alive';

/** What the browsers of a site saw. */
export interface Seen {
  readonly counts: Readonly<Partial<Record<Visit, number>>>;
  /** The keys of the sessions that are alive at the end, with the number of visits of each. */
  readonly alive: Readonly<Record<string, number>>;
}

/** The commands of `django_site.py`, which documents them. The first argument names a database. */
export interface DjangoSite {
  migrate(database: string): Promise<void>;
  /** Replaces all sessions. Times are ISO 8601; a time without an offset is stored as it is. */
  replace(database: string, rows: readonly (readonly [key: string, time: string])[]): Promise<void>;
  clearsessions(database: string, now: string): Promise<void>;
  save(database: string, now: string, expiries: readonly (number | null)[]): Promise<string[]>;
  load(database: string, now: string, keys: readonly string[]): Promise<object[]>;
  exist(database: string, keys: readonly string[]): Promise<boolean[]>;
  browse(database: string, visiting: Visiting): Promise<Seen>;
  stop(): Promise<void>;
}

/** Starts a Django site in its own process. A command that fails ends the process and rejects. */
export function startDjango({
  databases,
  useTz = true,
  timeZone = 'UTC',
  more = {},
}: DjangoSettings): DjangoSite {
  const settings = {
    // Django requires a default database; no query uses it.
    DATABASES: { default: {}, ...databases },
    USE_TZ: useTz,
    TIME_ZONE: timeZone,
    ...more,
  };
  const python = spawn(PYTHON, ['-B', SITE], {
    stdio: 'pipe',
    env: { ...process.env, SITE_SETTINGS: JSON.stringify(settings) },
  });
  const exited = once(python, 'close');
  const stderr = text(python.stderr);
  const answers = createInterface(python.stdout)[Symbol.asyncIterator]();
  // When the process ends, its stderr says more than the broken pipe does.
  python.stdin.on('error', () => {});
  const ask = async <Answer>(database: string, command: string, args: object = {}) => {
    python.stdin.write(`${JSON.stringify({ database, command, arguments: args })}\n`);
    const { done, value } = await answers.next();
    if (done) throw new Error(`django failed to ${command}: ${await stderr}`);
    return JSON.parse(value) as Answer;
  };
  return {
    migrate: (database) => ask(database, 'migrate'),
    replace: (database, rows) => ask(database, 'replace', { rows }),
    clearsessions: (database, now) => ask(database, 'clearsessions', { now }),
    save: (database, now, expiries) => ask(database, 'save', { now, expiries }),
    load: (database, now, keys) => ask(database, 'load', { now, keys }),
    exist: (database, keys) => ask(database, 'exist', { keys }),
    browse: (database, visiting) => ask(database, 'browse', visiting),
    async stop() {
      python.stdin.end();
      await exited;
    },
  };
}
