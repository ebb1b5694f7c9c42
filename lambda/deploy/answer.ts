import type { Clock } from '../clock';
import { type Attempts, inAttempts } from './attempts';
import type { StackEvent } from './request';

/** What CloudFormation is told. */
export interface Outcome {
  readonly status: 'SUCCESS' | 'FAILED';
  /** The name of what was made. Where it changes, CloudFormation deletes the one with the old name. */
  readonly physicalId: string;
  /** The log group that has the texts as a whole. */
  readonly log?: string | undefined;
  /** Why it failed. */
  readonly reason?: string;
  /** The resource's attributes in the template. */
  readonly data?: Readonly<Record<string, string>>;
}

/** CloudFormation takes no more bytes. */
const MOST_BYTES = 4096;

const ATTEMPTS: Attempts = { most: 5, timeoutMs: 5000, firstWaitMs: 250 };

const BETWEEN = ' | ';

/** Problems or warnings as one text. Where it is too long for CloudFormation, the first ones stay whole. */
export const joined = (problems: readonly string[]): string => problems.join(BETWEEN);

function cut(text: string, length: number, log: string): string {
  if (text.length <= length) return text;
  const all = text.split(BETWEEN);
  const begun = text.slice(0, length).split(BETWEEN).length;
  for (let told = begun - 1; told > 0; told -= 1) {
    const more = `and ${all.length - told} more: see the log group ${log}`;
    const shorter = joined([...all.slice(0, told), more]);
    if (shorter.length <= length) return shorter;
  }
  return `${text.slice(0, length - 3)}...`;
}

/** The answer as CloudFormation reads it, with texts as long as it takes. */
export function answerText(event: StackEvent, outcome: Outcome): string {
  const withTexts = (length: number) => {
    const { reason, data, log = "of the deployment's function" } = outcome;
    const attributes = Object.entries(data ?? {}).map(([name, text]) => [
      name,
      cut(text, length, log),
    ]);
    return JSON.stringify({
      Status: outcome.status,
      ...(reason !== undefined && { Reason: cut(reason, length, log) }),
      PhysicalResourceId: outcome.physicalId,
      StackId: event.StackId,
      RequestId: event.RequestId,
      LogicalResourceId: event.LogicalResourceId,
      Data: Object.fromEntries(attributes),
    });
  };
  let length = MOST_BYTES;
  while (length > 100 && Buffer.byteLength(withTexts(length)) > MOST_BYTES) length -= 100;
  return withTexts(length);
}

async function put(url: string, text: string): Promise<void> {
  // As bytes, so that no content type is sent: the signature in the URL covers that there is none.
  const body = new TextEncoder().encode(text);
  const { ok, status } = await fetch(url, { method: 'PUT', body });
  if (!ok) throw new Error(`the answer was not taken: status ${status}`);
}

/** Sends the answer, more than once if need be. Throws the error of the last attempt. */
export async function answer(event: StackEvent, outcome: Outcome, clock: Clock): Promise<void> {
  const text = answerText(event, outcome);
  await inAttempts(() => put(event.ResponseURL, text), ATTEMPTS, clock);
}
