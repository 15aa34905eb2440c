import type { Config } from '@boti/director-api';
import type { Table } from './table.ts';

export function configTable({ id, type, name, created_at, content }: Config): Table {
  return {
    isTransposed: true,
    header: ['ID', 'Type', 'Name', 'Created At', 'Content'],
    rows: [[id, type, name, created_at, content]],
  };
}
