import { matching } from '../../contract/rule';
import { isUserName } from '../../contract/user-sql/user-sql';
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

/**
 * MySQL takes a password in a statement alone, where the Data API may take a colon for the start of a parameter. Other
 * characters than those of ASCII have more than one form, of which PostgreSQL's clients choose one.
 */
const isPassword = matching(
  /^[!-9;-~]{8,128}$/,
  'must be 8 to 128 characters of ASCII, without a blank and without ":"',
);

/** Throws a `SettingsError` for a login that a user could not be given on each engine. It does not show the password. */
export function refuseOddLogin({ username, password }: Login, secretArn: string): void {
  const mistakes = [
    ...(isUserName.holds(username) ? [] : [`the username ${isUserName.demand}`]),
    ...(isPassword.holds(password) ? [] : [`the password ${isPassword.demand}`]),
  ];
  if (mistakes.length === 0) return;
  throw new SettingsError(
    `the secret ${secretArn} has a login that the deployment cannot give to a user: ${mistakes.join(', and ')}; put another one into the secret, and deploy again`,
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
