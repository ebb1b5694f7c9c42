import { SETTINGS } from '../../contract/settings';
import { NO_CONTROL, parseControl } from '../../lambda/input/control';
import { only, purgeTemplate } from './synthesized';

describe('the control parameter', () => {
  it('changes nothing until somebody writes into it', () => {
    const { Type, Value } = only(purgeTemplate(), 'AWS::SSM::Parameter');

    expect(Type).toBe('String');
    expect(parseControl('control', Value)).toEqual(NO_CONTROL);
  });

  it('says in the console what may be written', () => {
    const { Description } = only(purgeTemplate(), 'AWS::SSM::Parameter');
    const [example = ''] = /\{".*?\}/.exec(Description) ?? [];
    const { graceSeconds, targetBatchMs, pauseRatio } = SETTINGS;

    expect(parseControl('control', example)).toEqual({
      paused: true,
      note: 'why',
      overrides: {
        graceSeconds: graceSeconds.fallback,
        targetBatchMs: targetBatchMs.fallback,
        pauseRatio: pauseRatio.fallback,
        // The default of before: a change of the text would resume a paused purge.
        maxBatchSize: 5000,
      },
    });
    expect(Description.length).toBeLessThanOrEqual(1024);
  });

  it('can be left out, with the right to read it', () => {
    const template = purgeTemplate({ controlParameter: false });

    template.resourceCountIs('AWS::SSM::Parameter', 0);
    expect(JSON.stringify(template.toJSON())).not.toMatch(/ssm:|CONTROL_PARAMETER/);
  });
});
