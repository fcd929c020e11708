import { cell, table } from '../../src/cli/table.js';

describe('table', () => {
  test('aligns words to the left and numbers to the right under their headings', () => {
    const rows = [
      { content_type: 'health', items: 7, cost: '0.5' },
      { content_type: 'recommendation', items: 1200, cost: null },
    ];
    expect(table(rows, ['content_type', { key: 'items' }, { key: 'cost', label: 'USD' }])).toBe(
      [
        '  content type    items  USD',
        '  ──────────────  ─────  ───',
        '  health              7  0.5',
        '  recommendation   1200    –',
        '',
      ].join('\n'),
    );
  });

  test('says so when there are no rows', () => {
    expect(table([], ['a'])).toBe('  (none)\n');
  });

  test('cuts what is too long', () => {
    expect(table([{ text: 'x'.repeat(100) }], ['text'], { maxWidth: 10 })).toContain(`  ${'x'.repeat(9)}…\n`);
  });

  test('counts wide characters, and characters of several code points, as they are shown', () => {
    const lines = table(
      [
        { a: '会社', b: 'x' },
        { a: 'ab', b: 'x' },
        { a: 'e\u0301e\u0301', b: 'x' },
        { a: '👩‍👩‍👧', b: 'x' },
      ],
      ['a', 'b'],
    ).split('\n');
    expect(lines.slice(2, 6)).toEqual(['  会社  x', '  ab    x', '  e\u0301e\u0301    x', '  👩‍👩‍👧    x']);
  });

  test('lets no control sequence of a value reach the terminal, nor break its line', () => {
    const text = table([{ name: '\u001b[31mred\u0007\nsecond\tline\u009b' }], ['name']);
    for (const control of ['\u001b', '\u0007', '\u009b']) expect(text).not.toContain(control);
    expect(text.split('\n')).toHaveLength(4);
  });

  test('has bold headings only where colour is wanted', () => {
    expect(table([{ a: 1 }], ['a'])).not.toContain('\u001b[');
    expect(table([{ a: 1 }], ['a'], { colour: true })).toContain('\u001b[1m');
  });
});

test.each([
  [null, '–'],
  [undefined, '–'],
  ['', '–'],
  [true, 'yes'],
  [false, 'no'],
  [0, '0'],
  [new Date('2026-11-22T10:11:12.345Z'), '2026-11-22 10:11:12Z'],
  [{ a: [1, 2] }, '{"a":[1,2]}'],
  ['two\nlines', 'two lines'],
])('cell(%p) is %p', (value, shown) => {
  expect(cell(value)).toBe(shown);
});
