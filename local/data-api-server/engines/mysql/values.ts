import type { Field } from '../../fields';
import type { ResultSetOptions } from '../../model';
import { toTextField } from '../text-values';
import type { ResultType } from './types';

/** A value as the client reads it. Text where a JavaScript number might not be exact. */
export type Value = string | number | Buffer | null;

/** The field for a value. A date or time is returned as it is stored, whatever the session's time zone. */
export function toField(value: Value, { kind }: ResultType, options: ResultSetOptions): Field {
  if (value === null) return { isNull: true };
  if (Buffer.isBuffer(value)) return fromBytes(value, kind);
  if (kind === 'boolean') return { booleanValue: Number(value) !== 0 };
  return toTextField(String(value), kind, options);
}

const fromBytes = (bytes: Buffer, kind: ResultType['kind']): Field =>
  kind === 'boolean'
    ? { booleanValue: bytes.some((byte) => byte !== 0) }
    : { blobValue: bytes.toString('base64') };
