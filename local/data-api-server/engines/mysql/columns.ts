import type { ColumnMetadata } from '../../fields';
import { type Column, FLAG, type ResultType } from './types';

/** The protocol's value for a number without a fixed count of decimals. */
const NOT_FIXED = 31;

/** The metadata of a column, as the service returns it. */
export function describeColumn(column: Column, type: ResultType): ColumnMetadata {
  const { name, orgName, orgTable, flags, decimals } = column;
  const isNumber = ['long', 'double', 'decimal'].includes(type.kind);
  return {
    arrayBaseColumnType: 0,
    isAutoIncrement: (flags & FLAG.autoIncrement) !== 0,
    isCaseSensitive: false,
    isCurrency: false,
    isSigned: isNumber && (flags & FLAG.unsigned) === 0,
    label: name,
    name: orgName || name,
    nullable: (flags & FLAG.notNull) !== 0 ? 0 : 1,
    precision: type.precision,
    scale: type.kind === 'string' || decimals >= NOT_FIXED ? 0 : decimals,
    schemaName: '',
    tableName: orgTable,
    type: type.jdbcType,
    typeName: type.name,
  };
}
