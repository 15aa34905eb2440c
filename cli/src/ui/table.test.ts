import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headerKey, renderTable, selectColumns, type Table, UnknownColumn } from './table.ts';

const plain = { isTty: true, bold: (text: string) => text, tone: (_: string, text: string) => text };
const table: Table = {
  content: 'things',
  header: ['#', 'Name', 'Team(s)'],
  rows: [
    ['1', 'a', 't1\nt2'],
    ['1', 'b', ''],
  ],
};

test('keys of columns are what --column and JSON go by', () => {
  assert.deepEqual(['Release(s)', 'VM CID', 'CPU\nUser', 'Load\n(1m, 5m, 15m)', '#'].map(headerKey), [
    'release_s',
    'vm_cid',
    'cpu_user',
    'load_1m_5m_15m',
    '4',
  ]);
});

test('a terminal gets a header, and ~ for a first cell like the one above', () => {
  assert.equal(
    renderTable(table, plain),
    '#  Name  Team(s)  \n1  a     t1  \n         t2  \n~  b     -  \n\n2 things\n',
  );
});

test('a program gets rows only, their cells set apart by TABs', () => {
  assert.equal(renderTable(table, { ...plain, isTty: false }), '1\ta\tt1\t\n \t \tt2\t\n1\tb\t-\t\n');
});

test('columns are chosen by key and keep their order; an unknown one is refused', () => {
  assert.deepEqual(selectColumns(table, ['team_s', 'name']).header, ['Name', 'Team(s)']);
  assert.throws(() => selectColumns(table, ['zip']), UnknownColumn);
});
