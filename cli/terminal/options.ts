import { Command, CommanderError, Option } from 'commander';
import type { Rule } from '../../contract/rule';

/** A command line that cannot be run. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError';

  /** None of them holds a password. */
  constructor(readonly mistakes: readonly string[]) {
    super(mistakes.join('\n'));
  }
}

/** The answer to `--help`. */
export interface Help {
  readonly kind: 'help';
  readonly text: string;
}

/** What is wrong with a value, to follow the name of its option; `undefined` if nothing is. */
export type Check = (value: string) => string | undefined;

/** Whether a value may hold a password, as a URL does before its `@`. */
const isSecret = (value: string) => value.includes('@');

const quoted = (value: string) =>
  isSecret(value) ? 'a value that may hold a password' : JSON.stringify(value);

/** Checks a value by a rule. `remedy` ends the message where the rule does not explain what is wrong with the value. */
export function byRule({ holds, demand, explain }: Rule, remedy?: string): Check {
  return (value) => {
    if (holds(value)) return undefined;
    // The explanation may quote a part of the value.
    const end = (isSecret(value) ? undefined : explain?.(value)) ?? remedy;
    return `${demand}, got ${quoted(value)}${end === undefined ? '' : `; ${end}`}`;
  };
}

/** Digits that make a number in this range. */
export const wholeNumber = (min: number, max = Number.MAX_SAFE_INTEGER): Rule => ({
  holds: (value) =>
    typeof value === 'string' &&
    /^\d{1,16}$/.test(value) &&
    Number(value) >= min &&
    Number(value) <= max,
  demand: `must be a whole number from ${min}${max === Number.MAX_SAFE_INTEGER ? '' : ` to ${max}`}`,
});

/** Stands in place of a value that did not pass its check. */
interface Refused {
  readonly mistake: string;
}

const isRefused = (value: unknown): value is Refused =>
  typeof value === 'object' && value !== null && 'mistake' in value;

const missingValue = (flags: string) => `option '${flags}' argument missing`;

/** An option that takes a value, which has to pass the check. `parse` makes the value of the text. */
export function valueOption(
  flags: string,
  help: string,
  check: Check,
  parse: (text: string) => unknown = (text) => text,
): Option {
  const option = new Option(flags, help);
  return option.argParser((text: string) => {
    // Commander takes the next option for the value.
    if (/^-[-a-z]/i.test(text)) return { mistake: missingValue(flags) } satisfies Refused;
    const problem = check(text);
    return problem === undefined ? parse(text) : { mistake: `${option.long} ${problem}` };
  });
}

/** A command with these options, and with one for its help. */
export function commandWith(name: string, options: readonly Option[]): Command {
  const command = new Command(name).helpOption('-h, --help', 'show this text');
  for (const option of options) command.addOption(option);
  return command;
}

/** Separates `--name=value`, because Commander would quote the value of an unknown option, which may be a password. */
const separated = (args: readonly string[]) =>
  args.flatMap((arg) => {
    const [, name, value = ''] = /^(--[^=]+)=(.*)$/s.exec(arg) ?? [];
    return name === undefined ? [arg] : [name, value];
  });

/** Commander's message in the form of all others. Only the name of an unknown option is shown: a password may follow it. */
const messageOf = ({ code, message }: CommanderError) =>
  message
    .replace(/^error: /, '')
    .replace(/^(unknown option '-(?:-[\w-]*|\w?)).*'/s, "$1'")
    .replace(/\n\(Did (.*)\)$/, '; did $1')
    .concat(code === 'commander.conflictingOption' ? '; give one of them' : '');

/** npm keeps options before a lone `--` to itself, and passes on their values, of which one may be a password. */
const unexpected = (command: Command) =>
  `unexpected argument, not shown since it may be a password; write options after a lone --: ${command.name()} [options]`;

/** The values of the options, and what is wrong with each option by itself. */
export interface Words<Values> {
  readonly kind: 'words';
  readonly values: Partial<Values>;
  readonly mistakes: readonly string[];
}

/** Parses the whole command line, even if there are mistakes. */
export function readWords<Values>(command: Command, args: readonly string[]): Words<Values> | Help {
  const given: string[] = [];
  for (const option of command.options)
    command.on(`option:${option.name()}`, () => given.push(option.long ?? option.flags));
  let help = '';
  const writeOut = (text: string) => {
    help += text;
  };
  command.exitOverride().allowExcessArguments();
  command.configureOutput({ writeOut, writeErr: () => {} });
  const structure: string[] = [];
  try {
    command.parse(separated(args), { from: 'user' });
    if (command.args.length > 0) structure.push(unexpected(command));
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.helpDisplayed') return { kind: 'help', text: help };
    structure.push(messageOf(error));
  }
  const values = command.opts();
  const repeated = new Set(given.filter((name, index) => given.indexOf(name) < index));
  return {
    kind: 'words',
    values: values as Partial<Values>,
    mistakes: [
      ...Object.values(values)
        .filter(isRefused)
        .map(({ mistake }) => mistake),
      ...[...repeated].map((name) => `${name} is given twice; give it once`),
      ...structure,
    ],
  };
}
