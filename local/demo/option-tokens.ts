import { parseArgs } from 'node:util';
import { closest, distance } from 'fastest-levenshtein';
import { quoted } from './option-rules';
import { OPTION_NAMES, type OptionName, optionOf } from './option-table';

/** The options that were given, with `''` for a switch. */
export type Given = ReadonlyMap<OptionName, string>;

/** What the command line says, and what is wrong with it taken word by word. */
export interface Words {
  readonly given: Given;
  readonly mistakes: readonly string[];
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

const isName = (name: string): name is OptionName => OPTION_NAMES.some((known) => known === name);

function unknown({ name, rawName }: OptionToken): string {
  const nearest = closest(name.toLowerCase(), OPTION_NAMES);
  const isNear = distance(name.toLowerCase(), nearest) <= nearest.length / 2;
  const advice = isNear
    ? `did you mean --${nearest}?`
    : `known are ${OPTION_NAMES.map((known) => `--${known}`).join(', ')}`;
  return `unknown option ${rawName}; ${advice}`;
}

/** What is wrong with a known option, its value aside from what it may be. */
function misuse(name: OptionName, token: OptionToken, given: Given): string | undefined {
  const { value, inlineValue = false } = token;
  const { value: placeholder, rule } = optionOf(name);
  if (given.has(name)) return `--${name} is given twice; give it once`;
  if (placeholder === undefined)
    return value === undefined ? undefined : `--${name} takes no value; write --${name} alone`;
  if (value === undefined || (!inlineValue && value.startsWith('--')))
    return `--${name} needs a value; write --${name} ${placeholder}`;
  const broken = rule?.(value);
  return broken && `--${name} ${broken}`;
}

/** npm keeps options without the lone dashes to itself, and passes on their values. */
const unexpected = (argument: string) =>
  `unexpected argument ${quoted(argument)}; options go after a lone --, like npm start -- --rows 1000`;

/** Reads the words of the command line one by one; a value that follows an unknown option is skipped. */
export function readWords(args: readonly string[]): Words {
  const options = Object.fromEntries(
    OPTION_NAMES.map((name) => [
      name,
      { type: optionOf(name).value === undefined ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const given = new Map<OptionName, string>();
  const mistakes: string[] = [];
  let isAfterUnknown = false;
  for (const token of tokens) {
    if (token.kind === 'positional') {
      if (!isAfterUnknown) mistakes.push(unexpected(token.value));
      isAfterUnknown = false;
      continue;
    }
    if (token.kind !== 'option') continue;
    isAfterUnknown = !isName(token.name);
    const mistake = isName(token.name) ? misuse(token.name, token, given) : unknown(token);
    if (mistake !== undefined) mistakes.push(mistake);
    if (isName(token.name)) given.set(token.name, token.value ?? '');
  }
  return { given, mistakes };
}
