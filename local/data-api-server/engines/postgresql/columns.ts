import type { FieldDef } from 'pg';
import { ServiceError } from '../../errors';
import type { ColumnMetadata } from '../../fields';
import {
  ELEMENT_TYPES,
  enumType,
  RESULT_TYPES,
  type ResultType,
  unsupportedTypeName,
} from './types';

/** Runs a query on the catalog; returns the values as text. */
export type CatalogQuery = (
  text: string,
  values: readonly unknown[],
) => Promise<readonly (readonly (string | null)[])[]>;

/** A column of a result. For an array, `type` is that of its elements. */
export interface Column {
  readonly field: FieldDef;
  readonly type: ResultType;
  readonly isArray: boolean;
}

/**
 * @throws {ServiceError} `UnsupportedResultException` for a type that the service does not return
 */
export async function columnsOf(
  fields: readonly FieldDef[],
  catalog: CatalogQuery,
): Promise<Column[]> {
  const unknown = fields.map((field) => field.dataTypeID).filter((oid) => !isKnown(oid));
  const enums = unknown.length > 0 ? await enumTypes(unknown, catalog) : new Map();
  return fields.map((field) => {
    const element = ELEMENT_TYPES.get(field.dataTypeID);
    const type = RESULT_TYPES.get(element ?? field.dataTypeID) ?? enums.get(field.dataTypeID);
    return { field, type, isArray: element !== undefined };
  });
}

const isKnown = (oid: number) => RESULT_TYPES.has(oid) || ELEMENT_TYPES.has(oid);

async function enumTypes(oids: number[], catalog: CatalogQuery): Promise<Map<number, ResultType>> {
  const rows = await catalog(
    'SELECT oid, typname, typtype FROM pg_catalog.pg_type WHERE oid OPERATOR(pg_catalog.=) ANY($1)',
    [oids],
  );
  const entries = rows.map(([oid, name, kind]): [number, ResultType] => {
    if (kind !== 'e')
      throw new ServiceError('UnsupportedResultException', {
        message: `The result contains the unsupported data type ${unsupportedTypeName(name ?? '')}.`,
      });
    return [Number(oid), enumType(name ?? '')];
  });
  return new Map(entries);
}

/**
 * The metadata of the columns, as the service returns them and PostgreSQL's JDBC driver reads them from the catalog. The
 * statement is sent on the user's connection, whose search path may have other operators.
 */
export async function describeColumns(
  columns: readonly Column[],
  catalog: CatalogQuery,
): Promise<ColumnMetadata[]> {
  const rows = await catalog(
    `SELECT c.oid, a.attnum, c.relname, a.attnotnull,
            a.attidentity OPERATOR(pg_catalog.<>) ''
              OR coalesce(pg_catalog.starts_with(pg_catalog.pg_get_expr(d.adbin, d.adrelid), 'nextval('), false)
     FROM pg_catalog.pg_class c
     JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) c.oid
     LEFT JOIN pg_catalog.pg_attrdef d
       ON d.adrelid OPERATOR(pg_catalog.=) c.oid AND d.adnum OPERATOR(pg_catalog.=) a.attnum
     WHERE c.oid OPERATOR(pg_catalog.=) ANY($1)`,
    [columns.map(({ field }) => field.tableID)],
  );
  const origins = new Map(rows.map(([table, column, ...origin]) => [`${table}.${column}`, origin]));
  return columns.map((column) => {
    const { tableID, columnID } = column.field;
    return describeColumn(column, origins.get(`${tableID}.${columnID}`));
  });
}

function describeColumn(
  { field, type, isArray }: Column,
  [table = '', notNull = null, isAutoIncrement = null]: readonly (string | null)[] = [],
): ColumnMetadata {
  const isNumber = ['long', 'double', 'decimal'].includes(type.kind);
  const isText = type.kind === 'string' && type.jdbcType !== 91 && type.name !== 'oid';
  return {
    arrayBaseColumnType: 0,
    isAutoIncrement: isAutoIncrement === 't',
    isCaseSensitive: isText,
    isCurrency: false,
    isSigned: isNumber,
    label: field.name,
    name: field.name,
    nullable: notNull === null ? 2 : notNull === 't' ? 0 : 1,
    ...size(type, field.dataTypeModifier),
    schemaName: '',
    tableName: table ?? '',
    type: isArray ? 2003 : type.jdbcType,
    typeName: isArray ? `_${type.name}` : type.name,
  };
}

/** The size from a type modifier, which holds a length, or a precision and a scale, plus the 4 bytes of a header. */
function size(type: ResultType, modifier: number): { precision: number; scale: number } {
  const { precision, scale } = type;
  if (modifier < 4) return { precision, scale };
  if (type.kind === 'decimal')
    return { precision: (modifier - 4) >> 16, scale: (modifier - 4) & 0xffff };
  return { precision: modifier - 4, scale };
}
