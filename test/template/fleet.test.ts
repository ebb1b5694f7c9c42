import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import fc from 'fast-check';
import { ALARMS } from '../../lib/alarm-kinds';
import { ContextError } from '../../lib/context-error';
import { fleetOf, readFleet } from '../../lib/fleet-file';
import { fleetJsonSchema } from '../../lib/fleet-json-schema';
import { addFleet } from '../../lib/fleet-stack';
import { spreadSchedule } from '../../lib/schedule-spread';
import { SessionPurgeStack } from '../../lib/session-purge-stack';
import { CLUSTER_ARN, newApp, SECRET_ARN, TOPIC_ARN } from './synthesized';
import { dashboardOf } from './widgets';

const shared = { secretArn: SECRET_ARN, database: 'shop' };
const purgeOf = (name: string, more: object = {}) => ({
  name,
  clusterArn: CLUSTER_ARN,
  ...shared,
  ...more,
});
const namesUpTo = (count: number) => Array.from({ length: count }, (_, index) => `db-${index}`);

const moved = (arn: string, region: string) => arn.replace('eu-west-1', region);

/** The stacks of a fleet's file, by their names. */
function stacksOf(file: object): Map<string, Template> {
  const app = newApp();
  addFleet(app, readFleet(file, 'fleet.json'));
  const stacks = app
    .synth()
    .stacks.map(({ stackName, template }) => [stackName, template] as const);
  return new Map(stacks.map(([name, template]) => [name, Template.fromJSON(template)]));
}

const OVERVIEW = 'SessionPurgeFleet-123456789012-eu-west-1';

function mistakesIn(file: unknown): string[] {
  try {
    readFleet(file, 'fleet.json');
    return [];
  } catch (error) {
    if (!(error instanceof ContextError)) throw error;
    const [first = '', mistakes] = error.message.split('\n\n');
    return mistakes === undefined ? [first] : mistakes.split('\n').map((line) => line.trim());
  }
}

describe('a fleet', () => {
  const stacks = stacksOf({
    alarmEmail: 'ops@example.com',
    defaults: {
      ...shared,
      graceSeconds: 604_800,
      maxBatchSize: '1000',
      tables: 'a,b',
      drain: true,
    },
    purges: [
      { name: 'shop', clusterArn: CLUSTER_ARN },
      { name: 'blog', clusterArn: CLUSTER_ARN, database: 'blog', graceSeconds: 0 },
      { name: 'off', clusterArn: CLUSTER_ARN, alarms: false },
    ],
  });
  const stack = (name: string) => stacks.get(name) as Template;
  const environmentOf = (name: string) =>
    Object.values(stack(`SessionPurge-${name}`).findResources('AWS::Lambda::Function'))[0]
      ?.Properties.Environment.Variables;

  it('is a stack for each purge, as without a fleet, and one that they share', () => {
    expect([...stacks.keys()].sort()).toEqual([
      'SessionPurge-blog',
      'SessionPurge-off',
      'SessionPurge-shop',
      OVERVIEW,
    ]);
  });

  it('gives each purge a function, a role and a rule of its own', () => {
    // Those of the purge and those of the deployment; the drain has a role, too.
    for (const [type, count] of Object.entries({
      'AWS::Lambda::Function': 2,
      'AWS::IAM::Role': 3,
      'AWS::Events::Rule': 1,
    })) {
      stack('SessionPurge-shop').resourceCountIs(type, count);
      stack(OVERVIEW).resourceCountIs(type, 0);
    }
  });

  it('takes what a purge does not say from the defaults', () => {
    expect(environmentOf('shop')).toMatchObject({
      SESSION_PURGE_NAME: 'shop',
      SESSION_PURGE_DATABASE: 'shop',
      SESSION_PURGE_GRACE_SECONDS: '604800',
      SESSION_PURGE_MAX_BATCH_SIZE: '1000',
      SESSION_PURGE_TABLES: 'a,b',
    });
    expect(environmentOf('blog')).toMatchObject({
      SESSION_PURGE_DATABASE: 'blog',
      SESSION_PURGE_GRACE_SECONDS: '0',
    });
  });

  it('has one topic, which all alarms tell, and one subscription', () => {
    const topic = 'arn:aws:sns:eu-west-1:123456789012:SessionPurgeFleet';

    stack(OVERVIEW).hasResourceProperties('AWS::SNS::Topic', { TopicName: 'SessionPurgeFleet' });
    stack(OVERVIEW).resourceCountIs('AWS::SNS::Subscription', 1);
    stack('SessionPurge-shop').resourceCountIs('AWS::SNS::Topic', 0);
    stack('SessionPurge-shop').resourceCountIs('AWS::SNS::Subscription', 0);
    stack('SessionPurge-shop').allResourcesProperties('AWS::CloudWatch::Alarm', {
      AlarmActions: [topic],
      OKActions: [topic],
    });
  });

  it('lets its stacks be deployed and deleted one by one: no exports, no imports', () => {
    const all = JSON.stringify([...stacks.values()].map((template) => template.toJSON()));

    expect(all).not.toMatch(/Fn::ImportValue|Fn::GetStackOutput|"Export"/);
  });

  it('has one overview, with the alarms that there are and a row for each purge', () => {
    const widgets = dashboardOf(stack(OVERVIEW));
    const alarms = widgets.flatMap(({ properties }) => properties.alarms ?? []);
    const tables = widgets.filter(({ properties }) => properties.view === 'table');

    expect(alarms.map((arn) => arn.split(':alarm:')[1])).toEqual(
      ALARMS.flatMap((kind) => [`SessionPurge-shop-${kind}`, `SessionPurge-blog-${kind}`]),
    );
    expect(alarms[0]).toMatch(/^arn:aws:cloudwatch:eu-west-1:123456789012:alarm:/);
    expect(tables).toHaveLength(5);
    for (const { properties } of tables) {
      const names = (properties.metrics ?? []).map(([, , dimension, name]) => [dimension, name]);
      expect(names).toEqual([
        ['service', 'shop'],
        ['service', 'blog'],
        ['service', 'off'],
      ]);
    }
    stack('SessionPurge-shop').resourceCountIs('AWS::CloudWatch::Dashboard', 0);
  });

  it('names in its overview the alarms as their stacks do', () => {
    const { AlarmName } = Object.values(
      stack('SessionPurge-blog').findResources('AWS::CloudWatch::Alarm'),
    )[0]?.Properties ?? { AlarmName: '' };

    expect(AlarmName).toBe('SessionPurge-blog-FailedRun');
  });
});

describe('a fleet in several places', () => {
  const region = 'us-east-1';

  it('has a topic and an overview in each', () => {
    const stacks = stacksOf({
      purges: [
        purgeOf('here'),
        purgeOf('there', {
          clusterArn: moved(CLUSTER_ARN, region),
          secretArn: moved(SECRET_ARN, region),
        }),
      ],
    });

    expect([...stacks.keys()].filter((name) => name.startsWith('SessionPurgeFleet'))).toEqual([
      OVERVIEW,
      'SessionPurgeFleet-123456789012-us-east-1',
    ]);
    stacks.get('SessionPurge-there')?.allResourcesProperties('AWS::CloudWatch::Alarm', {
      AlarmActions: ['arn:aws:sns:us-east-1:123456789012:SessionPurgeFleet'],
    });
  });

  it('cannot use one given topic for all', () => {
    const there = purgeOf('there', {
      clusterArn: moved(CLUSTER_ARN, region),
      secretArn: moved(SECRET_ARN, region),
    });

    expect(mistakesIn({ alarmTopicArn: TOPIC_ARN, purges: [purgeOf('here'), there] })).toEqual([
      'purge "there": alarmTopicArn must be in the cluster\'s region us-east-1, got "eu-west-1"',
    ]);
  });
});

it('the fleet of another file is not warned of the two hyphens in its names', () => {
  const app = newApp();
  addFleet(app, readFleet({ purges: [purgeOf('shop')] }, 'blog.json'));

  const [member] = app.node.findAll().filter((each) => each instanceof SessionPurgeStack);
  expect(member?.purge.props.purgeName).toBe('blog--shop');
  Annotations.fromStack(member as SessionPurgeStack).hasNoWarning('*', Match.anyValue());
});

describe('a given topic', () => {
  it('gets the alarms of all purges', () => {
    const stacks = stacksOf({ alarmTopicArn: TOPIC_ARN, purges: [purgeOf('shop')] });

    stacks.get('SessionPurge-shop')?.allResourcesProperties('AWS::CloudWatch::Alarm', {
      AlarmActions: [TOPIC_ARN],
    });
    stacks.get(OVERVIEW)?.resourceCountIs('AWS::SNS::Topic', 0);
  });
});

describe('a hundred purges', () => {
  const purges = namesUpTo(100).map((name) => purgeOf(name));
  const stacks = stacksOf({ purges });

  it('stay far below the 500 resources of a stack', () => {
    const counts = [...stacks.values()].map(
      (template) => Object.keys(template.toJSON().Resources).length,
    );

    expect(counts).toHaveLength(101);
    expect(Math.max(...counts)).toBeLessThanOrEqual(20);
  });

  it('fit in one dashboard of CloudWatch', () => {
    const widgets = dashboardOf(stacks.get(OVERVIEW) as Template);

    for (const { properties } of widgets) {
      expect((properties.metrics ?? []).length).toBeLessThanOrEqual(500);
      expect((properties.alarms ?? []).length).toBeLessThanOrEqual(100);
    }
  });

  it('do not start at once', () => {
    const minutes = new Map<string, number>();
    for (const name of namesUpTo(100)) {
      const schedule = spreadSchedule(name, { fromHour: 1, hours: 5 });
      minutes.set(schedule, (minutes.get(schedule) ?? 0) + 1);
    }

    expect(Math.max(...minutes.values())).toBe(3);
    expect(minutes.size).toBeGreaterThan(70);
  });
});

describe('the schedule of a purge of a fleet', () => {
  const scheduleIn = (file: object, name: string) =>
    readFleet(file, 'fleet.json').purges.find(({ props }) => props.purgeName === name)?.props
      .schedule?.expressionString;

  it('stays its own when others come and go', () => {
    const alone = scheduleIn({ purges: [purgeOf('shop')] }, 'shop');
    const among = scheduleIn(
      { purges: [...namesUpTo(50).map((name) => purgeOf(name)), purgeOf('shop')] },
      'shop',
    );

    expect(alone).toBe('cron(47 2 * * ? *)');
    expect(among).toBe(alone);
  });

  it('lies in the part of the day that was asked for, past midnight, too', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.nat(23),
        fc.integer({ min: 1, max: 24 }),
        (name, fromHour, hours) => {
          const [, minute, hour] =
            /^cron\((\d+) (\d+) \* \* \? \*\)$/.exec(spreadSchedule(name, { fromHour, hours })) ??
            [];

          expect(Number(minute)).toBeLessThan(60);
          expect((Number(hour) - fromHour + 24) % 24).toBeLessThan(hours);
        },
      ),
    );
    const spread = { fromHour: 23, hours: 1 };
    expect(scheduleIn({ spread, purges: [purgeOf('shop')] }, 'shop')).toMatch(/^cron\(\d+ 23 /);
  });

  it.each([
    ['its own', { purges: [purgeOf('shop', { schedule: 'rate(1 hour)' })] }],
    ['the default', { defaults: { schedule: 'rate(1 hour)' }, purges: [purgeOf('shop')] }],
  ])('is %s where there is one', (_which, file) => {
    expect(scheduleIn(file, 'shop')).toBe('rate(1 hour)');
  });
});

describe('mistakes in the file', () => {
  const purges = [purgeOf('shop')];

  it.each<[string, unknown, string[]]>([
    ['no object', [], ['fleet.json must hold an object with a list "purges", got []']],
    ['no purges', {}, ['purges is not set']],
    [
      'too many purges',
      { purges: namesUpTo(501).map((name) => purgeOf(name)) },
      ['purges must be 500 at most, got 501; split the file in two'],
    ],
    ['an unknown key', { purges, default: {} }, ['default is unknown; did you mean "defaults"?']],
    [
      'an unknown default',
      { purges, defaults: { graceSecond: 1 } },
      ['defaults: graceSecond is unknown; did you mean "graceSeconds"?'],
    ],
    [
      'a wrong default, told once',
      { purges, defaults: { graceSeconds: -1 } },
      ['defaults: graceSeconds must be a whole number of seconds from 0 to 315360000, got -1'],
    ],
    [
      'mistakes everywhere, all at once',
      {
        spread: { fromHour: 24 },
        defaults: { graceSeconds: -1, secretArn: 'x' },
        purges: [
          purgeOf('shop', { schedule: 'daily' }),
          { name: 'blog', clusterArn: CLUSTER_ARN },
          purgeOf('a--b', { graceSeconds: -2 }),
        ],
      },
      [
        'spread: fromHour must be a whole number from 0 to 23, got 24',
        expect.stringMatching(/^defaults: secretArn must be /),
        expect.stringMatching(/^defaults: graceSeconds must be .* got -1$/),
        expect.stringMatching(/^purge "shop": schedule must be /),
        'purge "blog": database is not set',
        expect.stringMatching(/^purge "a--b": graceSeconds must be .* got -2$/),
        'purge "a--b": name must not have two hyphens in a row, got "a--b"',
      ],
    ],
    ['defaults that are none', { purges, defaults: 7 }, ['defaults must be an object, got 7']],
    [
      'a part of the day that is none',
      { purges, spread: { fromHour: 24, hours: 0.5, until: 3 } },
      [
        'spread: until is unknown; known are fromHour, hours',
        'spread: fromHour must be a whole number from 0 to 23, got 24',
        'spread: hours must be a whole number from 1 to 24, got 0.5',
      ],
    ],
    [
      'no address',
      { purges, alarmEmail: 'ops' },
      ['alarmEmail must be one e-mail address, got "ops"'],
    ],
    [
      'a recipient of its own',
      { purges: [purgeOf('shop', { alarmEmail: 'ops@example.com' })] },
      [expect.stringMatching(/^purge "shop": alarmEmail is unknown; /)],
    ],
    [
      'two purges of one name, by their places, and a wrong default, told once',
      {
        purges: [purgeOf('a'), purgeOf('a', { database: '' }), purgeOf('b', { maxBatchSize: 0 })],
        defaults: { graceSeconds: -1 },
      },
      [
        'defaults: graceSeconds must be a whole number of seconds from 0 to 315360000, got -1',
        'purge "a" (purges[1]): name must be unique, got that of purges[0]',
        'purge "a" (purges[1]): database must be 1 to 64 characters, got ""',
        'purge "b": maxBatchSize must be a whole number from 1 to 100000, got 0',
      ],
    ],
    ['a purge without a name', { purges: [shared] }, ['purges[0]: name is not set']],
    [
      'a purge without a cluster',
      { purges: [{ name: 'shop', ...shared }] },
      ['purge "shop": clusterArn is not set'],
    ],
  ])('%s', (_case, file, mistakes) => {
    expect(mistakesIn(file)).toEqual(mistakes);
  });

  it('are told with where the keys are explained', () => {
    expect(() => readFleet({ purges: [{}] }, 'fleet.json')).toThrow(
      new ContextError(
        'mistakes in fleet.json:\n\n  purges[0]: name is not set\n\nits keys are in docs/fleet.md, and in fleet.schema.json for your editor',
      ),
    );
  });
});

describe('the context key fleet', () => {
  it('is not needed', () => {
    expect(fleetOf({ database: 'shop' })).toBeUndefined();
  });

  it('stands alone', () => {
    expect(() => fleetOf({ fleet: 'fleet.json', database: 'shop' })).toThrow(
      /database is set outside the fleet; move it into fleet.json/,
    );
  });

  it('is a path', () => {
    expect(() => fleetOf({ fleet: { purges: [] } })).toThrow(
      new ContextError('fleet must be the path of a file, got {"purges":[]}'),
    );
    expect(() => fleetOf({ fleet: 'no/fleet.json' })).toThrow(
      new ContextError(
        `fleet must be a file with JSON in it, got "no/fleet.json", and there is no "${join(process.cwd(), 'no/fleet.json')}"; run the command in the directory of the file, or give its path, like "-c fleet=../fleet.json"; docs/fleet.md shows such a file`,
      ),
    );
    expect(() => fleetOf({ fleet: 'README.md' })).toThrow(
      /^fleet must be a file with JSON in it, got "README.md": .+; its keys are in docs\/fleet.md/,
    );
  });
});

describe('the published JSON Schema', () => {
  const published = JSON.parse(readFileSync(join(__dirname, '../../fleet.schema.json'), 'utf8'));

  it('is up to date; "npm run schema" writes it', () => {
    expect(published).toEqual(JSON.parse(JSON.stringify(fleetJsonSchema())));
  });

  const { defaults, purges, $schema } = published.properties;

  it('knows the keys that the app knows, no other, and explains each', () => {
    const known = Object.keys(purges.items.properties);

    expect(known).toEqual(['name', ...Object.keys(defaults.properties)]);
    expect(purges.items).toMatchObject({ required: ['name'], additionalProperties: false });
    expect(defaults.additionalProperties).toBe(false);
    expect(published.additionalProperties).toBe(false);
    expect($schema.type).toBe('string');
    for (const property of Object.values(purges.items.properties)) {
      expect(property).toHaveProperty('description', expect.stringMatching(/^.{10,}$/));
    }
  });

  it('asks for numbers where the command line takes text, in the range of the app', () => {
    expect(defaults.properties.timeoutSeconds).toMatchObject({
      type: 'integer',
      minimum: 60,
      maximum: 900,
    });
    expect(defaults.properties.whenPaused.enum).toEqual(['wake', 'skip']);
    expect(defaults.properties.enabled.type).toBe('boolean');
  });
});

describe('cdk-nag AwsSolutions', () => {
  it('finds nothing in what the fleet shares', () => {
    const app = newApp();
    addFleet(
      app,
      readFleet({ alarmEmail: 'ops@example.com', purges: [purgeOf('shop')] }, 'fleet.json'),
    );
    const stacks = app.node.children.filter((child) => !(child instanceof SessionPurgeStack));

    expect(stacks.map(({ node }) => node.id)).toContain(OVERVIEW);
    for (const stack of stacks) {
      expect(new AwsSolutionsChecks(stack).validateScope(stack).violations).toEqual([]);
    }
  });
});
