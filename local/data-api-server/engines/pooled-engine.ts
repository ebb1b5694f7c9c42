import type { Engine, Login, Session } from './engine';

/** The most connections for each login. A call waits while all are in use. */
export const MAX_CONNECTIONS = 20;

/** A database's client, as a pooled engine uses it. */
export interface Driver<Pool> {
  /** Does not connect yet. */
  createPool(login: Login): Pool;
  /** @throws {ServiceError} when the database cannot be reached or refuses the login */
  openSession(pool: Pool, login: Login): Promise<Session>;
  endPool(pool: Pool): Promise<void>;
}

/** An engine with a pool of connections for each login. */
export function pooledEngine<Pool>(driver: Driver<Pool>): Engine {
  const pools = new Map<string, Pool>();
  const sessions = new Set<Session>();

  const poolOf = (login: Login): Pool => {
    const key = JSON.stringify(login);
    const pool = pools.get(key) ?? driver.createPool(login);
    pools.set(key, pool);
    return pool;
  };

  const open = async (login: Login): Promise<Session> => {
    const inner = await driver.openSession(poolOf(login), login);
    const release = () => {
      sessions.delete(session);
      return inner.release();
    };
    const session = { ...inner, release };
    sessions.add(session);
    return session;
  };

  const close = async (): Promise<void> => {
    await Promise.all([...sessions].map((session) => session.cancel()));
    await Promise.all([...pools.values()].map((pool) => driver.endPool(pool)));
  };

  return { open, close };
}
