import type { EventRow } from '../../../tools/recordings';
import { realisticEvents } from './realisticEvents';
import { describeVariants, text, type Variant } from './variant';

const ROWS = realisticEvents(1_000_000);
const EPOCH_ROWS = ROWS.map(([t, x, y, p]): EventRow => [t + 1_468_940_000_000_000, x, y, p]);

const seconds = (t: number, digits: number) => {
  const whole = Math.floor(t / 1e6);
  return `${whole}.${String(t - whole * 1e6).padStart(6, '0')}${'0'.repeat(digits - 6)}`;
};

function lines(
  name: string,
  head: string,
  line: (row: EventRow) => string,
  more: Partial<Variant> = {},
): Variant {
  const { rows = ROWS } = more;
  return {
    name,
    rows,
    bytes: () => text(`${head}${rows.map(line).join('\n')}\n`),
    file: 'events.txt',
    ...more,
  };
}

/** Thousands of events of the same time, beyond what the first bytes of a file show, then others. */
const BURST_ROWS = Array.from({ length: 12_000 }, (_, index): EventRow => {
  const t = index < 10_000 ? 0 : 1000 * (index - 9_999);
  return [t, (index * 37) % 320, (index * 91) % 240, index % 3 === 0 ? 1 : 0];
});

describeVariants('Text', [
  lines('faery: sizes behind the names', 't,x@346,y@260,on\n', ([t, x, y, p]) => `${t},${x},${y},${p}`, {
    size: { width: 346, height: 260 },
  }),
  lines('a burst of one time without names', '', ([t, x, y, p]) => `${t},${x},${y},${p}`, {
    rows: BURST_ROWS,
  }),
  lines('a burst of one time with names', 't,x,y,p\n', ([t, x, y, p]) => `${t},${x},${y},${p}`, {
    rows: BURST_ROWS,
  }),
  lines('a running number in the last column', '', (row) => `${row.join(' ')} ${ROWS.indexOf(row)}`),
  {
    name: 'times divided into seconds and nanoseconds',
    file: 'a.csv',
    refused: /columns secs, nsecs, x, y, p/,
    bytes: () =>
      text(
        `secs,nsecs,x,y,p\n${ROWS.map(([t, x, y, p]) => `${Math.floor(t / 1e6)},${(t % 1e6) * 1000},${x},${y},${p}\n`).join('')}`,
      ),
  },
  {
    name: 'times between x and y, which nobody writes',
    file: 'a.csv',
    refused: /does not look like events/,
    bytes: () => text(ROWS.map(([t, x, y, p]) => `${x},${t},${y},${p}\n`).join('')),
  },
  lines(
    'v2e: comments, floats of any length',
    '#!events.txt\n# This is a text DVS created by v2e\n# Format is time (float s), x, y, polarity (0=off, 1=on)\n# User name: somebody\n',
    ([t, x, y, p]) => `${t / 1e6} ${x} ${y} ${p}`,
  ),
  lines(
    'CeleX: y, x, brightness, polarity, t as the user says',
    '',
    ([t, x, y, p]) => `${y},${x},${(x * 7) % 255},${p * 2 - 1},${t}`,
    { options: { columns: 'yx-pt' } },
  ),
  lines('RPG: t x y p in seconds with 9 digits', '', ([t, x, y, p]) => `${seconds(t, 9)} ${x} ${y} ${p}`),
  lines('Unix times in seconds', '', ([t, x, y, p]) => `${seconds(t, 6)} ${x} ${y} ${p}`, {
    rows: EPOCH_ROWS,
  }),
  lines(
    'ESIM and E2VID: width and height in the first line',
    '346 260\n',
    ([t, x, y, p]) => `${seconds(t, 9)} ${x} ${y} ${p}`,
    { size: { width: 346, height: 260 } },
  ),
  lines('polarity -1 and 1', '', ([t, x, y, p]) => `${seconds(t, 6)} ${x} ${y} ${p * 2 - 1}`),
  lines('Metavision CSV: x,y,p,t in µs', '', ([t, x, y, p]) => `${x},${y},${p},${t}`),
  lines('Metavision CSV with geometry', '%geometry:346,260\n', ([t, x, y, p]) => `${x},${y},${p},${t}`, {
    size: { width: 346, height: 260 },
  }),
  lines('a header of names', 'timestamp,x,y,polarity\n', ([t, x, y, p]) => `${t},${x},${y},${p}`),
  lines(
    'DV CSV: names with blanks',
    'timestamp, x, y, polarity\n',
    ([t, x, y, p]) => `${t}, ${x}, ${y}, ${p}`,
    { rows: EPOCH_ROWS },
  ),
  lines('names in quotation marks', '"t","x","y","p"\n', ([t, x, y, p]) => `${t},${x},${y},${p}`),
  lines(
    'pandas: an index column without a name',
    ',t,x,y,p\n',
    (row) => `${ROWS.indexOf(row)},${row.join(',')}`,
  ),
  lines('names behind a comment sign', '# t x y p\n', ([t, x, y, p]) => `${t} ${x} ${y} ${p}`),
  lines('numpy.savetxt: exponents', '', (row) => row.map((value) => value.toExponential(18)).join(' ')),
  lines('tabs', '', (row) => row.join('\t')),
  lines('semicolons', 't;x;y;p\n', (row) => row.join(';')),
  lines('CRLF line ends', 't,x,y,p\r\n', (row) => `${row.join(',')}\r`),
  lines('CR line ends', '# made by hand\rt,x,y,p\r', (row) => row.join(','), {
    bytes: () => text(`# made by hand\rt,x,y,p\r${ROWS.map((row) => row.join(',')).join('\r')}\r`),
  }),
  lines('a byte order mark, semicolons, CRLF and blank lines', '', (row) => row.join(';'), {
    bytes: () => text(`\ufefft;x;y;p\r\n${ROWS.map((row) => row.join(';')).join('\r\n')}\r\n\r\n  \r\n`),
  }),
  { name: 'names without rows', rows: [], bytes: () => text('t,x,y,p\n') },
  {
    name: 'names without rows, with a byte order mark, a geometry and no line end',
    rows: [],
    size: { width: 346, height: 260 },
    bytes: () => text('\ufeff# geometry 346,260\r\ntime [ms];x;y;polarity'),
  },
  {
    name: 'AEStream: a diagonal, all columns run',
    rows: Array.from({ length: 100 }, (_, index): EventRow => [index, index, index, 0]),
    bytes: () => text(Array.from({ length: 100 }, (_, index) => `${index},${index},${index},0\n`).join('')),
  },
  {
    name: 'names above other text',
    refused: /a text file/,
    bytes: () => text('t,x,y,p\nare the columns of our files\n'),
  },
  { name: 'other names without rows', refused: /a text file/, bytes: () => text('name,age,city,zip\n') },
  lines('a byte order mark', '\ufefft,x,y,p\n', (row) => row.join(',')),
  lines('True and False', 't,x,y,p\n', ([t, x, y, p]) => `${t},${x},${y},${p === 1 ? 'True' : 'False'}`),
  lines('ON and OFF', 't,x,y,p\n', ([t, x, y, p]) => `${t},${x},${y},${p === 1 ? 'ON' : 'OFF'}`),
  lines('whole numbers as floats', '', (row) => row.map((value) => `${value}.0`).join(',')),
  lines('Unix times in ns', '', ([t, x, y, p]) => `${t}000 ${x} ${y} ${p}`, { rows: EPOCH_ROWS }),
  lines('a column in ns by its name', 't_ns,x,y,p\n', ([t, x, y, p]) => `${t}000,${x},${y},${p}`),
  lines(
    'a column in ms by its unit',
    'time [ms],x,y,polarity\n',
    ([t, x, y, p]) => `${(t / 1000).toFixed(3)},${x},${y},${p}`,
  ),
  lines(
    'a column in s by its unit',
    'Time (s),X,Y,Polarity\n',
    ([t, x, y, p]) => `${seconds(t, 6)},${x},${y},${p}`,
  ),
  lines('order x y t p', '', ([t, x, y, p]) => `${x} ${y} ${t} ${p}`),
  lines('order t p x y by names', 't p x y\n', ([t, x, y, p]) => `${t} ${p} ${x} ${y}`),
  lines('order y x t p as the user says', '', ([t, x, y, p]) => `${y} ${x} ${t} ${p}`, {
    options: { columns: 'yxtp' },
  }),
  lines('aligned columns with leading blanks', '', ([t, x, y, p]) => `  ${t}   ${x}  ${y}   ${p}`),
  lines('empty lines at the end', '', (row) => row.join(' '), {
    bytes: () => text(`${ROWS.map((row) => row.join(' ')).join('\n')}\n\n\n`),
  }),
  lines('no line feed at the end', '', (row) => row.join(' '), {
    bytes: () => text(ROWS.map((row) => row.join(' ')).join('\n')),
  }),
  lines('separators at the line ends', 't,x,y,p,\n', (row) => `${row.join(',')},`),
  {
    name: 'pixels that are none, which are left out with a warning',
    file: 'events.csv',
    bytes: () => text('t,x,y,p\n1,5,6,1\n2,-3,4,0\n3,3,-0.6,1\n4,65536,2,1\n5,-0.4,65535,1\n'),
    rows: [
      [1, 5, 6, 1],
      [5, 0, 65535, 1],
    ],
    warning: /impossible times or pixels/,
  },
  {
    name: 'an IMU table of RPG',
    file: 'imu.txt',
    refused: /does not look like events/,
    bytes: () =>
      text(
        ROWS.map(
          ([t], index) =>
            `${seconds(t, 9)} ${Math.sin(index)} ${Math.cos(index)} -9.81 0.1 -0.2 ${index / 7}`,
        ).join('\n'),
      ),
  },
  { name: 'JSON', file: 'a.txt', refused: /JSON/i, bytes: () => text('{"a": [1, 2, 3]}\n') },
]);
