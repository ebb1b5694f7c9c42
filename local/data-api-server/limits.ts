import { badRequest, ServiceError } from './errors';

/** The largest body of a request. */
export const MAX_REQUEST_BYTES = 4 * 1024 * 1024;

const MAX_RESULT_BYTES = 1024 * 1024;
const MAX_ROW_BYTES = 64 * 1024;
const MAX_JSON_BYTES = 10 * 1024 * 1024;

/**
 * Refuses a result that is too large for the service.
 *
 * The limit of 1 MiB counts bytes on the database's wire: a column count for each row, a length for each field, and the
 * text. Its name, message and count are those that sbalmt/ez4 found. For a row of more than 64 KB, only the message is
 * documented.
 *
 * @param rows values in the database's text format, or as bytes
 * @throws {ServiceError} `UnsupportedResultException`
 */
export function assertResultFits(rows: readonly (readonly (string | Buffer | null)[])[]): void {
  let total = 0;
  for (const row of rows) {
    const bytes = row.reduce((sum, value) => sum + 4 + Buffer.byteLength(value ?? ''), 2);
    if (bytes > MAX_ROW_BYTES) throw unsupported('Packet for query is too large');
    total += bytes;
  }
  if (total > MAX_RESULT_BYTES) throw unsupported('The result exceeds the size limit 1 MB.');
}

/** @throws {ServiceError} `BadRequestException` when `formattedRecords` would exceed 10 MB */
export function assertJsonFits(json: string): void {
  if (Buffer.byteLength(json) > MAX_JSON_BYTES)
    throw badRequest('The JSON response exceeds the size limit 10 MB.');
}

const unsupported = (message: string) =>
  new ServiceError('UnsupportedResultException', { message });
