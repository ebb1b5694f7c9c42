import { answerText, joined } from '../../../lambda/deploy/answer';
import { readEvent, type StackEvent } from '../../../lambda/deploy/request';

const EVENT: StackEvent = {
  RequestType: 'Create',
  ResponseURL: 'https://cloudformation.example/answer',
  StackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/SessionPurge-shop/1',
  RequestId: '1',
  LogicalResourceId: 'User',
  ResourceProperties: {},
};

it('answers with what CloudFormation knows the request by', () => {
  const text = answerText(EVENT, {
    status: 'FAILED',
    physicalId: 'shop/session_purge',
    reason: 'why',
  });

  expect(JSON.parse(text)).toEqual({
    Status: 'FAILED',
    Reason: 'why',
    PhysicalResourceId: 'shop/session_purge',
    StackId: EVENT.StackId,
    RequestId: '1',
    LogicalResourceId: 'User',
    Data: {},
  });
});

it.each(['a', 'ä', '"', '\u0001', '😀'])(
  'cuts what is longer than CloudFormation takes: %j',
  (letter) => {
    const long = letter.repeat(10_000);
    const data = { Warnings: long };

    const text = answerText(EVENT, { status: 'FAILED', physicalId: 'x', reason: long, data });

    const { Reason } = JSON.parse(text);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4096);
    expect(Reason).toMatch(/\.\.\.$/);
    expect(Reason.length).toBeGreaterThan(200);
  },
);

it('keeps the first problems whole, and says how many more there are', () => {
  const problems = Array.from({ length: 1000 }, (_, at) => `tenant_${at}: "no" right; GRANT it`);
  const reason = `mend it: ${joined(problems)}`;

  const text = answerText(EVENT, { status: 'FAILED', physicalId: 'x', reason });

  const told = JSON.parse(text).Reason.split(' | ');
  const last = told.pop();
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4096);
  expect(told.length).toBeGreaterThan(50);
  expect(told).toEqual(reason.split(' | ').slice(0, told.length));
  expect(last).toBe(
    `and ${1000 - told.length} more: see the log group of the deployment's function`,
  );
});

it.each([
  null,
  {},
  { check: true },
  { ...EVENT, ResponseURL: 'x' },
  { ...EVENT, RequestType: '?' },
])('takes no event of anybody else: %j', (event) => {
  expect(() => readEvent(event)).toThrow('CloudFormation alone may invoke it; nothing was done');
});
