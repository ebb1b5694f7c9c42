import { readTemplateOptions, TEMPLATE_PATH } from '../../../cli/template/options';
import { OptionsError } from '../../../cli/terminal/options';

it('takes no options', () => {
  expect(readTemplateOptions([])).toEqual({ kind: 'write' });
  for (const args of [['--nonsense'], ['nonsense']])
    expect(() => readTemplateOptions(args)).toThrow(OptionsError);
});

it('has a help that says what is written', () => {
  expect(readTemplateOptions(['--help'])).toEqual({
    kind: 'help',
    text: expect.stringContaining(`Writes ${TEMPLATE_PATH}`),
  });
});
