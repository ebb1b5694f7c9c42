import { type Choice, mistakeIn, oneOf, type Range, type Rule, within } from './rule';
import { isTableName, listedNames } from './table-name';

/** What is said about a setting of any kind. */
interface Described {
  /** For the documentation and for editors; Markdown, without a capital letter and a full stop. */
  readonly meaning: string;
  /** What holds if the setting is not set. `undefined`: it has to be set. `null`: no value holds. */
  readonly fallback: unknown;
  /** What holds if the setting is not set, in words, where the fallback does not say it. */
  readonly otherwise?: string;
  /** The construct's name for it, if that is another one. */
  readonly prop?: string;
}

export interface TextSetting extends Described {
  readonly kind: 'text';
  readonly rule: Rule;
}

/** Units in which the function has a number; the construct has a `Duration` instead. */
export type DurationUnit = 'milliseconds' | 'seconds' | 'hours' | 'days';

export interface NumberSetting extends Described, Range {
  readonly kind: 'number';
  readonly unit?: DurationUnit | 'percent' | 'MiB';
  /** Whether the control parameter may replace it from one run to the next. */
  readonly isTunable?: true;
  /** The metric of the cluster's writer that stops a run while its value is above this number. */
  readonly metric?: string;
}

export interface ChoiceSetting extends Described {
  readonly kind: 'choice';
  readonly choices: readonly Choice[];
  /** What a message asks for, if it is not to list the choices. */
  readonly demand?: string;
}

/** A list of tables' names. */
export interface TablesSetting extends Described {
  readonly kind: 'tables';
}

export type Setting = TextSetting | NumberSetting | ChoiceSetting | TablesSetting;

/** Settings by their names. */
export type SettingTable = Readonly<Record<string, Setting>>;

const NUMBER = /^\d{1,15}(\.\d{1,20})?$/;

/**
 * The value that a text stands for on the command line and in the function's environment. A text that stands for no
 * value of the setting's kind comes back as it is.
 */
export function valueOfText(text: string, setting: Setting): unknown {
  switch (setting.kind) {
    case 'text':
      return text;
    case 'number':
      return NUMBER.test(text) ? Number(text) : text;
    case 'choice':
      return setting.choices.find((choice) => String(choice) === text) ?? text;
    case 'tables':
      return [...new Set(listedNames(text))];
  }
}

const isListOfTexts: Rule = {
  holds: (value) => Array.isArray(value) && value.every((name) => typeof name === 'string'),
  demand: 'must be names separated by commas',
};

const isNotEmpty: Rule = {
  holds: (value) => (value as readonly string[]).length > 0,
  demand: 'must name at least one table',
};

function tablesMistakes(value: unknown): string[] {
  const mistake = mistakeIn(value, isListOfTexts) ?? mistakeIn(value, isNotEmpty);
  if (mistake !== undefined) return [mistake];
  return (value as readonly string[]).flatMap((name) => mistakeIn(name, isTableName) ?? []);
}

/** What a value of the setting may be; of `tables`, each name. */
export function ruleOf(setting: Setting): Rule {
  switch (setting.kind) {
    case 'text':
      return setting.rule;
    case 'number':
      return within(setting, setting.unit);
    case 'choice':
      return oneOf(setting.choices, setting.demand);
    case 'tables':
      return isTableName;
  }
}

const isText: Rule = { holds: (value) => typeof value === 'string', demand: 'must be text' };

/** What is wrong with a value, each to follow the setting's name: `must be ..., got ...`. */
export function mistakesInValue(value: unknown, setting: Setting): string[] {
  if (setting.kind === 'tables') return tablesMistakes(value);
  const mistake =
    (setting.kind === 'text' ? mistakeIn(value, isText) : undefined) ??
    mistakeIn(value, ruleOf(setting));
  return mistake === undefined ? [] : [mistake];
}
