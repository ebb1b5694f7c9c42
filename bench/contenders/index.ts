import type { EngineName } from '../options';
import { CLEARSESSIONS, djangoVersion, getDjango } from './clearsessions';
import type { Contender } from './contender';
import { NO_PAUSE, ours } from './ours';
import { GET_PT_ARCHIVER, PT_ARCHIVERS, ptArchiverVersion } from './pt-archiver';
import { RAW_DELETE, USUAL_RECIPE } from './statements';

/** What tells one deployment of ours from another, beside the role. */
export interface Variant {
  /** What is added to the name. */
  readonly suffix?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly isWarm?: boolean;
}

/** Ours by the role of least rights, and on MySQL by one that may also read the keys. */
export function ourContenders(
  engine: EngineName,
  bundlePath: string,
  { suffix = '', env = NO_PAUSE, isWarm = false }: Variant = {},
): Contender[] {
  const deployment = { bundlePath, env, isWarm };
  const strict = ours({ ...deployment, name: `ours${suffix}` });
  if (engine === 'postgresql') return [strict];
  const name = `ours, may read keys${suffix}`;
  return [strict, ours({ ...deployment, name, purger: 'withKeys' })];
}

/** Other people's tools, as far as they are installed, and a line for each that is not. */
export function otherTools(engine: EngineName): {
  readonly tools: readonly Contender[];
  readonly missing: readonly string[];
  readonly versions: Readonly<Record<string, string>>;
} {
  const django = djangoVersion(engine);
  const archiver = engine === 'mariadb' ? ptArchiverVersion() : undefined;
  return {
    tools: [...(django ? [CLEARSESSIONS] : []), ...(archiver ? PT_ARCHIVERS : [])],
    missing: [
      ...(django ? [] : [getDjango(engine)]),
      ...(archiver || engine !== 'mariadb' ? [] : [GET_PT_ARCHIVER]),
    ],
    versions: { ...(django && { Django: django }), ...(archiver && { 'pt-archiver': archiver }) },
  };
}

export { RAW_DELETE, USUAL_RECIPE };
