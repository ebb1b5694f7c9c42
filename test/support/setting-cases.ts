import type { NumberSetting, Setting, SettingTable } from '../../contract/setting-kinds';

/** Values that a setting takes and values that it refuses, as JSON has them. */
export interface SettingCase {
  readonly name: string;
  readonly setting: Setting;
  readonly taken: readonly unknown[];
  readonly refused: readonly unknown[];
}

const ARN = (service: string, resource: string) =>
  `arn:aws:${service}:eu-west-1:123456789012:${resource}`;

const CLUSTER = ARN('rds', 'cluster:shop');
const SECRET = ARN('secretsmanager', 'secret:shop-AbCdEf');

const SECRETS = {
  taken: [SECRET, ARN('secretsmanager', 'secret:rds!cluster-0a/b_c+d=e.f@g')],
  refused: ['purge', CLUSTER, `${SECRET}:x`],
};

/** Of settings that are text or names: what the rule of each is for. */
const TEXTS: Readonly<Record<string, Pick<SettingCase, 'taken' | 'refused'>>> = {
  clusterArn: {
    taken: [CLUSTER, CLUSTER.replace('aws', 'aws-us-gov')],
    refused: [
      ...['shop', `${CLUSTER} `, `${CLUSTER}:x`, ARN('rds', 'db:shop'), SECRET],
      ...['Europe', 'eu-west'].map((region) => CLUSTER.replace('eu-west-1', region)),
      CLUSTER.replace('123456789012', '1234'),
    ],
  },
  secretArn: SECRETS,
  adminSecretArn: SECRETS,
  ownerSecretArn: SECRETS,
  database: {
    taken: ['s', 'a b-c', 'x'.repeat(64)],
    refused: ['x'.repeat(65), 'a\nb', 'a\u0085b'],
  },
  tables: {
    taken: [
      ['django_session'],
      ['shop.django_session', '*.séance_2', '_$-'],
      ['"1, 2"."a.b"', 'c'],
    ],
    refused: [
      ['a;b', 'd'],
      ...[';', '1a', '-a', '$a', '', 'a.', '.a', 'a.b.c', 'a.*', '*', '"a'].map((name) => [name]),
      ['ä'.repeat(32)],
    ],
  },
  timeZone: {
    taken: ['UTC', 'Europe/Lisbon', 'America/Argentina/Buenos_Aires'],
    refused: ['Lisbon', 'Europe/Atlantis', 'Mars/Base', '+01:00'],
  },
  controlParameter: {
    taken: [
      ...['control', '/session-purge/control'],
      ARN('ssm', 'parameter/session-purge/control'),
      'arn:aws-cn:ssm:cn-north-1:123456789012:parameter/control.v1',
    ],
    refused: ['two words', 'arn:aws:s3:::bucket', '/control?', ' '],
  },
  name: { taken: ['s', 'Shop-1', 'x'.repeat(64)], refused: ['my shop', 'a_b', 'x'.repeat(65)] },
  grantAgain: {
    taken: ['2026-11-26', 'x'.repeat(100)],
    refused: ['two words', 'two\u00a0words', 'x'.repeat(101)],
  },
  kmsKeyArn: {
    taken: [ARN('kms', 'key/0a1b2c3d-0000-0000-0000-000000000000')],
    refused: [ARN('kms', 'alias/shop'), 'shop'],
  },
  schedule: {
    taken: [
      ...['rate(1 day)', 'rate(20 minutes)', 'cron(17 2 * * ? *)', 'cron(0 4 ? * MON *)'],
      ...['cron(0 3 * * ? 2020-2026)', 'cron(05 2 L-3,15W JAN-mar ? 2020,2199)'],
    ],
    refused: [
      ...['17 2 * * *', 'cron(17 2 * * *)', 'cron(17 2 * * * *)', 'cron(17 2 ? * ? *)'],
      ...['cron(99 2 * * ? *)', 'cron(0 2 ? * MO *)', 'cron(0/0 2 * * ? *)'],
      ...['cron(0 3 * * ? 2020)', 'cron(0 3 * * ? 1970-2024,2025)'],
      ...['rate(1 days)', 'rate(2 day)', 'rate(0 days)', 'every day'],
    ],
  },
  alarmEmail: {
    taken: ['ops@example.com'],
    refused: ['ops', 'a@b,c@d', `${'x'.repeat(65)}@b`, 'ops@example.com\u00a0'],
  },
  alarmTopicArn: { taken: [ARN('sns', 'on-call')], refused: [ARN('sns', 'on call'), 'on-call'] },
};

function numbers({ min, max, whole }: NumberSetting): Pick<SettingCase, 'taken' | 'refused'> {
  return {
    taken: [min, max, ...(whole ? [] : [min + 0.5])],
    refused: [min - 1, min - 0.5, max + 1, max + 0.5, ...(whole ? [min + 0.5] : [])],
  };
}

/** Cases for each setting of a table; a text setting without examples is an error. */
export function settingCases(table: SettingTable): SettingCase[] {
  return Object.entries(table).map(([name, setting]) => {
    if (setting.kind === 'number') return { name, setting, ...numbers(setting) };
    if (setting.kind === 'choice') {
      return { name, setting, taken: setting.choices, refused: ['Skip', 'toString', 'yes', 2] };
    }
    const texts = TEXTS[name];
    if (texts === undefined) throw new Error(`test/support/setting-cases.ts has no ${name}`);
    return { name, setting, ...texts };
  });
}

/** The value as the command line and the function's environment have it. */
export function textOf(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : String(value);
}
