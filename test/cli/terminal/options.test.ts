import { Option } from 'commander';
import { commandWith, readWords, valueOption } from '../../../cli/terminal/options';

const PASSWORD = "s3'cr3t\n";

const command = () =>
  commandWith('npm run toy --', [
    valueOption('--table <NAME>', 'a table', () => undefined),
    new Option('--delete', 'delete it'),
  ]);

function mistakesIn(...args: string[]): readonly string[] {
  const words = readWords(command(), args);
  if (words.kind === 'help') throw new Error('help was asked for');
  return words.mistakes;
}

describe('a password that has lost its way', () => {
  const UNEXPECTED =
    'unexpected argument, not shown since it may be a password; write options after a lone --: npm run toy -- [options]';

  it.each<[string, string[], string]>([
    ['after =', [`--passwrod=${PASSWORD}`], "unknown option '--passwrod'"],
    ['after :', [`--passwrod:${PASSWORD}`], "unknown option '--passwrod'"],
    ['as the next word', ['--passwrod', PASSWORD], "unknown option '--passwrod'"],
    ['of an option that is like one here', [`--tabel=${PASSWORD}`], '; did you mean --table?'],
    ['after a letter', [`-p${PASSWORD}`], "unknown option '-p'"],
    ['after a letter and =', [`-p=${PASSWORD}`], "unknown option '-p'"],
    ['after no letter', [`-=${PASSWORD}`], "unknown option '-'"],
    ['after no name', [`--=${PASSWORD}`], "unknown option '--'"],
    ['of an option that takes no value', [`--delete=${PASSWORD}`], UNEXPECTED],
    ['of an option that npm took', [PASSWORD], UNEXPECTED],
    ['after a lone --', ['--', PASSWORD], UNEXPECTED],
  ])('is not shown: %s', (_way, args, mistake) => {
    const mistakes = mistakesIn(...args);

    expect(mistakes).toEqual([expect.stringContaining(mistake)]);
    expect(mistakes[0]).not.toMatch(/s3|cr3t/);
  });
});

describe('the value of an option', () => {
  it.each(['--delete', '-h', '-x', '--help'])('is missing where %s follows', (next) => {
    expect(mistakesIn('--table', next)).toEqual(["option '--table <NAME>' argument missing"]);
  });

  it.each(['-5', '-', 'a-b'])('may be %s', (value) => {
    expect(readWords(command(), ['--table', value])).toMatchObject({ values: { table: value } });
  });
});
