import * as v from 'valibot';
import { ENVIRONMENT, LIMITS } from '../../contract/settings';
import { adviceOn, shown } from '../../contract/text';
import { errorText, SettingsError } from '../errors';
import type { ParameterStore } from './parameter-store';
import type { Settings } from './settings';

/** The settings that the control parameter may replace. */
export type Overrides = Partial<
  Pick<Settings, 'graceSeconds' | 'targetBatchMs' | 'pauseRatio' | 'maxBatchSize'>
>;

/** What the operator says of the next runs, without a deployment. */
export interface Control {
  /** The purge is switched off. */
  readonly paused: boolean;
  /** Why; for people. */
  readonly note: string | null;
  readonly overrides: Overrides;
}

/** What holds where there is no control parameter, or one that says nothing. */
export const NO_CONTROL: Control = { paused: false, note: null, overrides: {} };

const MAX_NOTE_LENGTH = 500;

const must =
  (rule: string) =>
  (issue: v.BaseIssue<unknown>): string =>
    `must be ${rule}, got ${shown(issue.input)}`;

const noteRule = must(`a text of at most ${MAX_NOTE_LENGTH} characters`);

function number({ min, max, whole }: (typeof LIMITS)[keyof typeof LIMITS]) {
  const rule = must(`a ${whole ? 'whole ' : ''}number from ${min} to ${max}`);
  const isInside = (value: number) =>
    value >= min && value <= max && (!whole || Number.isSafeInteger(value));
  return v.exactOptional(v.pipe(v.number(rule), v.check(isInside, rule)));
}

const schema = v.object({
  paused: v.exactOptional(v.boolean(must('true or false')), false),
  note: v.exactOptional(v.pipe(v.string(noteRule), v.maxLength(MAX_NOTE_LENGTH, noteRule))),
  graceSeconds: number(LIMITS.graceSeconds),
  targetBatchMs: number(LIMITS.targetBatchMs),
  pauseRatio: number(LIMITS.pauseRatio),
  maxBatchSize: number(LIMITS.maxBatchSize),
});

const KEYS = Object.keys(schema.entries);

function refuse(name: string, problem: string, remedy: string): never {
  throw new SettingsError(
    `control parameter ${shown(name)} ${problem} nothing was deleted; ${remedy}`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a text is, in words that hold nothing of it: a parameter that is named by mistake may be a secret. */
function kindOf(text: string, value: unknown): string {
  if (value === undefined) return `a text of ${text.length} characters that is no JSON`;
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

/** Reads the parameter's text; throws a `SettingsError` for anything that is not understood to the last key. */
export function parseControl(name: string, text: string): Control {
  const remedy = 'mend it, {} changes nothing and {"paused": true} switches the purge off';
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse(name, `must be a JSON object, got ${kindOf(text, value)};`, remedy);
  }
  const unknown = Object.keys(value).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) {
    const problem = `has an unknown key ${shown(unknown)}; ${adviceOn(unknown, KEYS)}`;
    return refuse(name, problem, remedy);
  }
  const parsed = v.safeParse(schema, value);
  if (!parsed.success) {
    const mistakes = parsed.issues.map((issue) => `${issue.path?.[0].key} ${issue.message}`);
    return refuse(name, `is not valid: ${mistakes.join('; ')};`, remedy);
  }
  const { paused, note = null, ...overrides } = parsed.output;
  return { paused, note, overrides };
}

const REMEDIES: ReadonlyMap<string, string> = new Map([
  ['ParameterNotFound', `create it with the value {}, or unset ${ENVIRONMENT.controlParameter}`],
  ['AccessDeniedException', "the function's role needs ssm:GetParameter on it"],
]);

const TRY_AGAIN = 'the next run asks again; if it stays, look at the way from the function to SSM';

/**
 * Reads the control parameter, where one is configured.
 *
 * Throws a `SettingsError` when it cannot be read or understood: a purge that the operator may have switched
 * off must not run on a guess.
 */
export async function readControl(name: string | null, store: ParameterStore): Promise<Control> {
  if (name === null) return NO_CONTROL;
  let text: string;
  try {
    text = await store.read(name);
  } catch (error) {
    const remedy = REMEDIES.get((error as Error).name) ?? TRY_AGAIN;
    return refuse(name, `could not be read: ${errorText(error)};`, remedy);
  }
  return parseControl(name, text);
}
