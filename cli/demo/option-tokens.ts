import { parseArgs } from 'node:util';
import { closest, distance } from 'fastest-levenshtein';
import { quoted } from '../terminal/rules';
import type { Option } from './option-table';

/** The options that were given, with `''` for a switch. */
export type Given<Name extends string> = ReadonlyMap<Name, string>;

/** What the command line says, and what is wrong with it taken word by word. */
export interface Words<Name extends string> {
  readonly given: Given<Name>;
  readonly mistakes: readonly string[];
}

/** The options of a command, and how one writes them after the lone dashes. */
export interface CommandLine<Name extends string> {
  readonly options: Readonly<Record<Name, Option>>;
  /** `npm start -- --rows 1000` */
  readonly example: string;
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function unknown({ name, rawName }: OptionToken, names: readonly string[]): string {
  const nearest = closest(name.toLowerCase(), names);
  const isNear = distance(name.toLowerCase(), nearest) <= nearest.length / 2;
  const advice = isNear
    ? `did you mean --${nearest}?`
    : `known are ${names.map((known) => `--${known}`).join(', ')}`;
  return `unknown option ${rawName}; ${advice}`;
}

/** What is wrong with a known option, its value aside from what it may be. */
function misuse(option: Option, token: OptionToken, isRepeated: boolean): string | undefined {
  const { name, value, inlineValue = false } = token;
  const { value: placeholder, rule } = option;
  if (isRepeated) return `--${name} is given twice; give it once`;
  if (placeholder === undefined)
    return value === undefined ? undefined : `--${name} takes no value; write --${name} alone`;
  if (value === undefined || (!inlineValue && value.startsWith('--')))
    return `--${name} needs a value; write --${name} ${placeholder}`;
  const broken = rule?.(value);
  return broken && `--${name} ${broken}`;
}

/** npm keeps options without the lone dashes to itself, and passes on their values. */
const unexpected = (argument: string, example: string) =>
  `unexpected argument ${quoted(argument)}; options go after a lone --, like ${example}`;

/** Reads the words of a command line one by one; a value that follows an unknown option is skipped. */
export function readWords<Name extends string>(
  args: readonly string[],
  { options, example }: CommandLine<Name>,
): Words<Name> {
  const names = Object.keys(options) as Name[];
  const isName = (name: string): name is Name => names.some((known) => known === name);
  const types = Object.fromEntries(
    names.map((name) => [
      name,
      { type: options[name].value === undefined ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  const { tokens } = parseArgs({ args: [...args], options: types, strict: false, tokens: true });
  const given = new Map<Name, string>();
  const mistakes: string[] = [];
  let isAfterUnknown = false;
  for (const token of tokens) {
    if (token.kind === 'positional') {
      if (!isAfterUnknown) mistakes.push(unexpected(token.value, example));
      isAfterUnknown = false;
      continue;
    }
    if (token.kind !== 'option') continue;
    const { name } = token;
    isAfterUnknown = !isName(name);
    const mistake = isName(name)
      ? misuse(options[name], token, given.has(name))
      : unknown(token, names);
    if (mistake !== undefined) mistakes.push(mistake);
    if (isName(name)) given.set(name, token.value ?? '');
  }
  return { given, mistakes };
}
