import { isJsonObject, mistakesInFields, unknownField } from '../../contract/fields';
import { isTrueOrFalse, type Rule, textRule } from '../../contract/rule';
import { ruleOf } from '../../contract/setting-kinds';
import {
  type Settings,
  TUNABLE_SETTINGS,
  type TunableName,
  variableOf,
} from '../../contract/settings';
import { shown } from '../../contract/text';
import { errorText, SettingsError } from '../errors';
import { adviceOnFields } from './advice';
import type { ParameterStore } from './parameter-store';

/** The settings that the control parameter replaces. */
export type Overrides = Partial<Pick<Settings, TunableName>>;

/** What the operator asks of the next runs, without a deployment. */
export interface Control {
  /** The purge is switched off. */
  readonly paused: boolean;
  /** What the operator says about it, for whoever reads the report; `null`: nothing. */
  readonly note: string | null;
  readonly overrides: Overrides;
}

/** The parameter's value, once it is found to be valid. */
type Given = Overrides & { readonly paused?: boolean; readonly note?: string };

/** What holds without a control parameter, and with an empty one. */
export const NO_CONTROL: Control = { paused: false, note: null, overrides: {} };

const MAX_NOTE_LENGTH = 500;

const RULES: Readonly<Record<string, Rule>> = {
  paused: isTrueOrFalse,
  note: textRule(
    (note) => note.length <= MAX_NOTE_LENGTH,
    `must be a text of at most ${MAX_NOTE_LENGTH} characters`,
  ),
  ...Object.fromEntries(TUNABLE_SETTINGS.map(([name, setting]) => [name, ruleOf(setting)])),
};

const KEYS = Object.keys(RULES);

function refuse(name: string, problem: string, remedy: string): never {
  throw new SettingsError(`control parameter ${shown(name)} ${problem}; ${remedy}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Describes a text without repeating any of it: a parameter that is named by mistake may hold a secret. */
function kindOf(text: string, value: unknown): string {
  if (value === undefined) return `a text of ${text.length} characters that is no JSON`;
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

const NOTHING_DELETED =
  'nothing was deleted; mend it, {} changes nothing and {"paused": true} switches the purge off';

/** Reads the parameter's text. Throws a `SettingsError` if any part of it is not understood. */
export function parseControl(name: string, text: string): Control {
  const value = parseJson(text);
  if (!isJsonObject(value)) {
    return refuse(name, `must be a JSON object, got ${kindOf(text, value)}`, NOTHING_DELETED);
  }
  const unknown = unknownField(value, KEYS);
  if (unknown !== undefined) {
    return refuse(
      name,
      `has an unknown key ${shown(unknown)}`,
      adviceOnFields([unknown], KEYS, NOTHING_DELETED),
    );
  }
  const mistakes = mistakesInFields(value, RULES);
  if (mistakes.length > 0) {
    return refuse(name, `is not valid: ${mistakes.join('; ')}`, NOTHING_DELETED);
  }
  const { paused = false, note = null, ...overrides } = value as Given;
  return { paused, note, overrides };
}

const REMEDIES: ReadonlyMap<string, string> = new Map([
  ['ParameterNotFound', `create it with the value {}, or unset ${variableOf('controlParameter')}`],
  ['AccessDeniedException', "the function's role needs ssm:GetParameter on it"],
]);

const TRY_AGAIN = 'the next run asks again; if this stays, check that the function can reach SSM';

/**
 * Reads the control parameter, if one is configured.
 *
 * Throws a `SettingsError` if it cannot be read or understood: the operator may have switched the purge off.
 */
export async function readControl(name: string | null, store: ParameterStore): Promise<Control> {
  if (name === null) return NO_CONTROL;
  let text: string;
  try {
    text = await store.read(name);
  } catch (error) {
    const remedy = REMEDIES.get((error as Error).name) ?? TRY_AGAIN;
    return refuse(name, `could not be read: ${errorText(error)}`, `nothing was deleted; ${remedy}`);
  }
  return parseControl(name, text);
}
