import { dirname } from 'node:path';

/** The bundle, and the function that it runs as. */
export interface LambdaOptions {
  /** The absolute path of a CommonJS file that exports `handler`. */
  readonly bundlePath: string;
  readonly functionName: string;
  /** The function's environment variables. */
  readonly env: Readonly<Record<string, string>>;
  /** The time limit of an invocation, from 1 ms. */
  readonly timeoutMs: number;
  /** @default 512 */
  readonly memoryMB?: number;
  /** The Node.js that runs the bundle. @default the one of this process */
  readonly nodePath?: string;
  /** Called with each line as it is written. */
  readonly onLog?: (line: string) => void;
}

const VERSION = '$LATEST';
const ACCOUNT = '123456789012';

const regionOf = ({ env }: LambdaOptions) => env.AWS_REGION ?? 'us-east-1';
const logGroup = ({ functionName }: LambdaOptions) => `/aws/lambda/${functionName}`;
const LOG_STREAM = `2026/01/01/[${VERSION}]00000000000000000000000000000000`;

/** The environment that Lambda gives to a function: Lambda's own variables, then the function's. */
export function environmentOf(options: LambdaOptions): Record<string, string> {
  const { bundlePath, functionName, memoryMB = 512, env } = options;
  return {
    PATH: process.env.PATH ?? '',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    _HANDLER: 'index.handler',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMB),
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_VERSION: VERSION,
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: logGroup(options),
    AWS_LAMBDA_LOG_STREAM_NAME: LOG_STREAM,
    AWS_REGION: regionOf(options),
    AWS_DEFAULT_REGION: regionOf(options),
    LAMBDA_TASK_ROOT: dirname(bundlePath),
    ...env,
  };
}

/** The context of an invocation, without its clock, which runs in the process of the function. */
export function contextOf(options: LambdaOptions, awsRequestId: string) {
  const { functionName, memoryMB = 512 } = options;
  return {
    functionName,
    functionVersion: VERSION,
    invokedFunctionArn: `arn:aws:lambda:${regionOf(options)}:${ACCOUNT}:function:${functionName}`,
    memoryLimitInMB: String(memoryMB),
    awsRequestId,
    logGroupName: logGroup(options),
    logStreamName: LOG_STREAM,
    callbackWaitsForEmptyEventLoop: true,
  };
}
