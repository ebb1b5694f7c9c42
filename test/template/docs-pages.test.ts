import { Template } from 'aws-cdk-lib/assertions';
import { METRICS } from '../../contract/metrics';
import { parseControl } from '../../lambda/input/control';
import { ALARMS } from '../../lib/alarm-kinds';
import { CONTEXT_SETTINGS } from '../../lib/deployment-settings';
import { readFleet } from '../../lib/fleet-file';
import { FLEET_KEYS } from '../../lib/fleet-schema';
import { addFleet } from '../../lib/fleet-stack';
import { partOf, readPage } from '../docs/pages';
import { newApp, only, stackWith } from './synthesized';
import { dashboardOf, widgetTable } from './widgets';

const page = (name: string) => readPage(`docs/${name}.md`);
const part = (name: string, of: string) => partOf(page(name), of);

const example = JSON.parse(/```json\n(.*?)```/s.exec(page('fleet'))?.[1] ?? '');

describe('docs/dashboard.md', () => {
  it('has the widgets that the dashboard has', () => {
    const table = widgetTable(dashboardOf(Template.fromStack(stackWith())));

    expect(part('dashboard', 'dashboard')).toBe(table);
  });

  it('explains widgets that there are', () => {
    const titles = dashboardOf(Template.fromStack(stackWith())).map(
      ({ properties }) => properties.title ?? '',
    );
    const explained = [...page('dashboard').matchAll(/\*\*([A-Z].*?)\*\*/g)].map(
      ([, name]) => name,
    );

    expect(explained.length).toBeGreaterThan(5);
    for (const name of explained) {
      expect(titles).toContainEqual(expect.stringMatching(new RegExp(`^${name}`)));
    }
  });
});

describe('docs/alarms.md', () => {
  it.each(ALARMS)('has a row for %s', (name) => {
    expect(page('alarms')).toMatch(new RegExp(`^\\| \`${name}\` \\|.*\\|.*\\|.*\\|$`, 'm'));
  });

  it.each(Object.keys(METRICS))('names the method of the metric %s', (metric) => {
    expect(page('alarms')).toContain(`metric${metric[0]?.toUpperCase()}${metric.slice(1)}()`);
  });

  it.each(['alarms', 'alarmEmail', 'alarmTopicArn', 'maxBacklogDays'])(
    'explains the context key %s',
    (key) => {
      expect(Object.keys(CONTEXT_SETTINGS)).toContain(key);
      expect(page('alarms')).toContain(`| \`${key}\` |`);
    },
  );
});

describe('docs/console.md', () => {
  it('explains each output of the stack', () => {
    const { Outputs } = Template.fromStack(stackWith({ drain: true })).toJSON();

    for (const name of Object.keys(Outputs)) expect(page('console')).toContain(`\`${name}\``);
  });

  it('has each ready-made event', () => {
    const { Content } = only(
      Template.fromStack(stackWith({ testEvents: true })),
      'AWS::EventSchemas::Schema',
    );
    const examples: Record<string, { value: object }> = JSON.parse(Content).components.examples;

    for (const [name, { value }] of Object.entries(examples)) {
      expect(page('console')).toContain(`| ${name} | \`${JSON.stringify(value)}\` |`);
    }
  });

  it('writes into the control parameter what the function understands', () => {
    const values = [...page('console').matchAll(/```json\n(.*?)```/gs)].map(
      ([, json]) => json ?? '',
    );

    expect(values).toHaveLength(2);
    for (const value of values) expect(() => parseControl('control', value)).not.toThrow();
  });

  it('pauses the purge with the command of the outputs', () => {
    const { Value } = Template.fromStack(stackWith()).toJSON().Outputs.PauseCommand;
    const [, value = ''] = /--value '(.*)'$/.exec(Value['Fn::Join'][1].at(-1)) ?? [];

    expect(parseControl('control', value).paused).toBe(true);
  });
});

describe('docs/fleet.md', () => {
  it('has an example that works', () => {
    const { purges } = readFleet(example, 'fleet.json');

    expect(purges.map(({ stackId }) => stackId)).toEqual([
      'SessionPurge-shop',
      'SessionPurge-blog',
    ]);
  });

  it.each([...FLEET_KEYS])('explains the key %s', (key) => {
    expect(page('fleet')).toMatch(new RegExp(`^\\| \`${key.replace('$', '\\$')}\` \\|`, 'm'));
  });

  it('has the widgets that the overview has', () => {
    const app = newApp();
    addFleet(app, readFleet(example, 'fleet.json'));
    const overview = app
      .synth()
      .stacks.find(({ stackName }) => stackName.startsWith('SessionPurgeFleet'));
    const table = widgetTable(dashboardOf(Template.fromJSON(overview?.template)));

    expect(part('fleet', 'overview')).toBe(table);
  });
});

describe('docs/upgrade.md', () => {
  it('names what cdk destroy keeps', () => {
    const template = Template.fromStack(stackWith({ testEvents: 'create-registry' })).toJSON();
    const kept = Object.values<{ DeletionPolicy?: string; Properties: { RegistryName?: string } }>(
      template.Resources,
    ).filter(({ DeletionPolicy }) => DeletionPolicy === 'Retain');

    expect(kept).toHaveLength(1);
    expect(page('upgrade')).toContain(`registry \`${kept[0]?.Properties.RegistryName}\``);
  });
});
