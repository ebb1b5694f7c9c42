import { SettingsError } from '../errors';

/** The name and the password of a database user. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

/** Secrets Manager's secrets. */
export interface SecretStore {
  /** Returns a secret's text; throws a `SettingsError` where it cannot be read. */
  read(secretArn: string): Promise<string>;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Reads the purge's user out of its secret. The error has nothing of what the secret holds. */
export async function readLogin(store: SecretStore, secretArn: string): Promise<Login> {
  const { username, password } = (parsed(await store.read(secretArn)) ?? {}) as Partial<Login>;
  if (typeof username === 'string' && typeof password === 'string' && username && password) {
    return { username, password };
  }
  throw new SettingsError(
    `the secret ${secretArn} must hold {"username":"...","password":"..."}, each of them a text`,
  );
}

/** The shortest piece of a password that is taken out of a text. */
const PIECE = 6;

/** The text without the password, and without any piece of it of six characters or more. */
export function withoutPassword(text: string, password: string): string {
  let rest = text;
  for (let at = 0; at + PIECE <= password.length; at += 1) {
    rest = rest.replaceAll(password.slice(at, at + PIECE), '...');
  }
  return rest;
}
