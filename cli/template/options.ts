import type { Command } from 'commander';
import { commandWith, type Help, OptionsError, readWords } from '../terminal/options';

/** Where the template is written to, from the project's root. */
export const TEMPLATE_PATH = 'dist/django-session-purge.template.json';

/** The command line of `npm run template`. */
export function templateCommand(): Command {
  return commandWith('npm run template --', []).description(
    `Writes ${TEMPLATE_PATH}: the CloudFormation template of one purge. Sends nothing.`,
  );
}

/**
 * Reads the command line of `npm run template`, which takes no options.
 *
 * @throws {OptionsError} with all mistakes
 */
export function readTemplateOptions(args: readonly string[]): { readonly kind: 'write' } | Help {
  const words = readWords(templateCommand(), args);
  if (words.kind === 'help') return words;
  if (words.mistakes.length > 0) throw new OptionsError(words.mistakes);
  return { kind: 'write' };
}
