import { Template } from 'aws-cdk-lib/assertions';
import { TUNABLE_SETTINGS } from '../../contract/settings';
import { parseControl } from '../../lambda/input/control';
import { stackByAdmin } from '../template/synthesized';
import { codeBlocks, readPage, tableIn } from './pages';

const [PAUSE = '', SLOW = ''] = codeBlocks(readPage('docs/console.md'), 'json');

describe('docs/console.md', () => {
  it('has every output of the stack', () => {
    const { Outputs } = Template.fromStack(stackByAdmin({ drain: true })).toJSON();
    const described = tableIn(readPage('docs/console.md')).flatMap(({ output = '' }) =>
      [...output.matchAll(/`(\w+)`/g)].map(([, name]) => name),
    );

    expect(described.sort()).toEqual(Object.keys(Outputs).sort());
  });

  it('shows how to pause the purge', () => {
    expect(parseControl('control', PAUSE)).toMatchObject({ paused: true, overrides: {} });
  });

  it('shows each setting that the control parameter replaces', () => {
    const { overrides } = parseControl('control', SLOW);

    expect(Object.keys(overrides).sort()).toEqual(TUNABLE_SETTINGS.map(([name]) => name).sort());
  });
});
