import { styleText } from 'node:util';

/** A column of a table: which value of each row, under which heading. */
export interface Column {
  /** Name of the value in a row. */
  key: string;
  /** Heading; the name with blanks for underscores by default. */
  label?: string;
  /** Side on which the values stand; by default right when all of them are numbers. */
  align?: 'left' | 'right';
}

/** How a table is printed. */
export interface TableOptions {
  /** Whether headings may be bold. */
  colour?: boolean;
  /** Longer values are cut; 60 characters by default. */
  maxWidth?: number;
}

/** Lays rows out under headings, every column as wide as its widest value. Ends in a line end; without rows says so. */
export function table(
  rows: Record<string, unknown>[],
  columns: (Column | string)[],
  { colour = false, maxWidth = 60 }: TableOptions = {},
): string {
  if (rows.length === 0) return '  (none)\n';
  const laidOut = columns.map((each) => {
    const { key, label = key.replaceAll('_', ' '), align } = typeof each === 'string' ? { key: each } : each;
    const cells = rows.map((row) => cut(cell(row[key]), maxWidth));
    const right = align
      ? align === 'right'
      : cells.every((text) => /^(-?[\d,]*\.?\d+ ?%?|–)$/.test(text)) && cells.some((text) => text !== '–');
    const width = Math.max(...[label, ...cells].map(widthOf));
    return { label, cells, width, pad: (text: string) => (right ? fill(text, width) + text : text + fill(text, width)) };
  });
  const line = (texts: string[]) => `  ${texts.join('  ').trimEnd()}\n`;
  const heading = laidOut.map(({ label, pad }) => pad(label));
  const lines = rows.map((_, index) => line(laidOut.map(({ cells, pad }) => pad(cells[index] ?? ''))));
  const rule = laidOut.map(({ width }) => '─'.repeat(width));
  return [colour ? styleText('bold', line(heading), { validateStream: false }) : line(heading), line(rule), ...lines].join('');
}

/** One value as a person reads it: no line ends or control characters, times in UTC to the second, `–` for nothing. */
export function cell(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '–' : `${value.toISOString().slice(0, 19).replace('T', ' ')}Z`;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.replace(/\s+/g, ' ').replace(/\p{Cc}/gu, '·');
}

const graphemes = new Intl.Segmenter();
const wide =
  /\p{Extended_Pictographic}|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|[\u3000-\u303f\uff01-\uff60]/u;

function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += wide.test(segment) ? 2 : 1;
  return width;
}

const fill = (text: string, width: number) => ' '.repeat(Math.max(0, width - widthOf(text)));

function cut(text: string, maxWidth: number): string {
  if (widthOf(text) <= maxWidth) return text;
  let kept = '';
  for (const { segment } of graphemes.segment(text)) {
    if (widthOf(kept + segment) > maxWidth - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}
