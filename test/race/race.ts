import { type DjangoSite, type Seen, startDjango, type Visit } from '../support/django';
import type { DjangoEngine, DjangoTestDatabase } from '../support/django-engines';

/** A race between browsers of a Django site and a purge of its sessions. */
export interface Race {
  readonly engine: DjangoEngine;
  /** A database with an empty table. */
  readonly db: DjangoTestDatabase;
  readonly seconds: number;
  /** Called repeatedly while browsers visit the site, and once more after the last visit. */
  readonly purge: () => Promise<void>;
}

/** The result of a race. */
export interface Finish {
  /** How many visits had this outcome. */
  readonly visits: (what: Visit) => number;
  /** The number of visits of each session that a browser takes for alive. */
  readonly believed: readonly { readonly visits: number }[];
  /** The data that Django loads for each of these. */
  readonly loaded: readonly object[];
  /** Sessions that no browser uses. */
  readonly backlog: readonly (readonly [key: string, time: string])[];
}

const PROCESSES = 3;

/** Browsers in each process. Each has its own thread and connection. */
const BROWSERS = 16;

/** In seconds. Short, so that each visit is close to the expiry. */
const SESSION_COOKIE_AGE = 1;

/** Makes each save take a while to commit, as over a network. Its row stays locked meanwhile. */
const SLOW_SAVES = {
  PostgreSQL: [
    "CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.02); RETURN NULL; END'",
    'CREATE TRIGGER slow_save AFTER UPDATE ON django_session FOR EACH ROW EXECUTE FUNCTION take_time()',
  ],
  MySQL: ['CREATE TRIGGER slow_save AFTER UPDATE ON django_session FOR EACH ROW DO SLEEP(0.02)'],
};

/** Sessions that expired in the last two hours. In each second of the next minute, some pass the hour of grace. */
function backlogOf(nowMs: number): [key: string, time: string][] {
  const evenly = (count: number, fromSecondsAgo: number, toSecondsAgo: number) =>
    Array.from({ length: count }, (_, at): [string, string] => {
      const secondsAgo = fromSecondsAgo + ((toSecondsAgo - fromSecondsAgo) * at) / count;
      return [`backlog-${fromSecondsAgo}-${at}`, new Date(nowMs - secondsAgo * 1000).toISOString()];
    });
  return [...evenly(2000, 7200, 3600), ...evenly(2000, 3600, 3540)];
}

/** Runs browsers in several Django processes and a purge of their sessions at the same time. */
export async function race({ engine, db, seconds, purge }: Race): Promise<Finish> {
  for (const sql of SLOW_SAVES[engine.name]) await db.query(sql);
  const sites = Array.from({ length: PROCESSES }, () =>
    startDjango({
      databases: { shop: db.settings() },
      more: { SESSION_COOKIE_AGE, SESSION_SAVE_EVERY_REQUEST: true },
    }),
  );
  const [site] = sites as [DjangoSite, ...DjangoSite[]];
  try {
    const backlog = backlogOf(Date.now());
    await site.replace('shop', backlog);
    const browse = (each: DjangoSite, seed: number) =>
      each.browse('shop', { seconds, browsers: BROWSERS, seed });
    const seen = await purgeDuring(Promise.all(sites.map(browse)), purge);
    const alive: Record<string, number> = Object.assign({}, ...seen.map((each) => each.alive));
    return {
      visits: (what) => seen.reduce((sum, { counts }) => sum + (counts[what] ?? 0), 0),
      believed: Object.values(alive).map((visits) => ({ visits })),
      loaded: await site.load('shop', new Date().toISOString(), Object.keys(alive)),
      backlog,
    };
  } finally {
    await Promise.all(sites.map((each) => each.stop()));
  }
}

async function purgeDuring(browsing: Promise<Seen[]>, purge: () => Promise<void>): Promise<Seen[]> {
  let isBrowsing = true;
  const purgeAgain = async () => {
    while (isBrowsing) await purge();
    await purge();
  };
  const browsed = browsing.finally(() => {
    isBrowsing = false;
  });
  const [seen] = await Promise.all([browsed, purgeAgain()]);
  return seen;
}
