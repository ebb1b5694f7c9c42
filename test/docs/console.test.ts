import { TUNABLE_SETTINGS } from '../../contract/settings';
import { parseControl } from '../../lambda/input/control';
import { codeBlocks, readPage } from './pages';

const [PAUSE = '', SLOW = ''] = codeBlocks(readPage('docs/console.md'), 'json');

describe('docs/console.md', () => {
  it('shows how to pause the purge', () => {
    expect(parseControl('control', PAUSE)).toMatchObject({ paused: true, overrides: {} });
  });

  it('shows each setting that the control parameter replaces', () => {
    const { overrides } = parseControl('control', SLOW);

    expect(Object.keys(overrides).sort()).toEqual(TUNABLE_SETTINGS.map(([name]) => name).sort());
  });
});
