import type { EngineName } from '../entry';
import { CLEARSESSIONS, djangoVersion, getDjango } from './clearsessions';
import type { Contender } from './contender';
import { oneDelete } from './one-delete';
import { NO_PAUSE, ours } from './ours';
import { GET_PT_ARCHIVER, PT_ARCHIVERS, ptArchiverVersion } from './pt-archiver';
import { USUAL_RECIPE } from './statements';

/** How a deployment of ours differs from the default. */
export interface Variant {
  /** Text to add to the contender's name. */
  readonly suffix?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly isWarm?: boolean;
}

/** The function as deployed, without pauses unless the variant says otherwise. */
export function ourContender(
  bundlePath: string,
  { suffix = '', env = NO_PAUSE, isWarm = false }: Variant = {},
): Contender {
  return ours({ bundlePath, env, isWarm, name: `ours${suffix}` });
}

/** `targetBatchMs=100+maxBatchSize=20000` as environment variables of the function. */
const asEnv = (variant: string) =>
  Object.fromEntries(
    variant.split('+').map((setting) => {
      const [name = '', value = ''] = setting.split('=');
      return [`SESSION_PURGE_${name.replace(/[A-Z]/g, '_$&').toUpperCase()}`, value];
    }),
  );

/** Ours, and ours with each variant of the settings. */
export const allOfOurs = (
  bundlePath: string,
  variants: readonly string[],
  { env = NO_PAUSE, ...rest }: Variant = {},
): Contender[] => [
  ourContender(bundlePath, { env, ...rest }),
  ...variants.map((variant) =>
    ourContender(bundlePath, {
      ...rest,
      env: { ...env, ...asEnv(variant) },
      suffix: `, ${variant}`,
    }),
  ),
];

/** Other people's tools that are installed, and a line for each that is missing. */
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

export { oneDelete, USUAL_RECIPE };
