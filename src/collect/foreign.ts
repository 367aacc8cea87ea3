/**
 * Files that are no text: packed otherwise than by gzip, captures, databases. Known by how they begin, so
 * that the error can say what would be right.
 */
import { AppError } from '../domain/error.js';

interface Kind {
  /** First bytes, as Latin-1. */
  readonly magic: string;
  /** Where they are. (Default: 0) */
  readonly at?: number;
  readonly name: string;
  /** What to do instead; FILE stands for the file. */
  readonly remedy: string;
}

const unpack = (command: string): string => `unpack it: ${command} FILE | elkhound scan -`;
const CAPTURE =
  'let Zeek or Suricata read it (zeek -r FILE, suricata -r FILE), and scan the logs that they write';

const KINDS: readonly Kind[] = [
  { magic: '\x28\xb5\x2f\xfd', name: 'packed with Zstandard', remedy: unpack('zstd -dc') },
  { magic: '\xfd7zXZ\x00', name: 'packed with xz', remedy: unpack('xz -dc') },
  { magic: 'BZh', name: 'packed with bzip2', remedy: unpack('bzip2 -dc') },
  { magic: '\x04\x22\x4d\x18', name: 'packed with LZ4', remedy: unpack('lz4 -dc') },
  { magic: 'PK\x03\x04', name: 'a ZIP archive', remedy: unpack('unzip -p') },
  { magic: '7z\xbc\xaf\x27\x1c', name: 'a 7-Zip archive', remedy: unpack('7z x -so') },
  { magic: 'ustar', at: 257, name: 'a tar archive', remedy: unpack('tar -xOf') },
  {
    magic: 'PAR1',
    name: 'a Parquet file',
    remedy: "write it as JSON, one record a line: duckdb -c \"copy (from 'FILE') to 'FILE.json'\"",
  },
  { magic: '\xd4\xc3\xb2\xa1', name: 'a packet capture (pcap)', remedy: CAPTURE },
  { magic: '\xa1\xb2\xc3\xd4', name: 'a packet capture (pcap)', remedy: CAPTURE },
  { magic: '\x4d\x3c\xb2\xa1', name: 'a packet capture (pcap)', remedy: CAPTURE },
  { magic: '\xa1\xb2\x3c\x4d', name: 'a packet capture (pcap)', remedy: CAPTURE },
  { magic: '\x0a\x0d\x0d\x0a', name: 'a packet capture (pcapng)', remedy: CAPTURE },
  {
    magic: 'ElfFile\x00',
    name: 'a Windows event log (evtx)',
    remedy: 'ship it with Winlogbeat, whose documents are read',
  },
  {
    magic: 'SQLite format 3\x00',
    name: 'an SQLite database',
    remedy:
      'write its table as CSV (sqlite3 -header -csv FILE "select * from TABLE") and map the columns in collect.tables',
  },
  {
    magic: 'LPKSHHRH',
    name: 'a file of the systemd journal',
    remedy: 'export it: journalctl --file FILE -o json | elkhound scan -',
  },
];

/** Bytes of a file that are enough to know it by. */
export const MAGIC_BYTES = 264;

/**
 * Refuses what is no text.
 * @param head the first bytes, unpacked where the file is gzip
 * @throws AppError `unknown_format` that says what the file is and what would be right
 */
export function refuseForeign(path: string, head: Buffer): void {
  const kind = KINDS.find(({ magic, at = 0 }) => head.toString('latin1', at, at + magic.length) === magic);
  if (!kind || (kind.magic === 'BZh' && !/^BZh[1-9]1AY&SY/.test(head.toString('latin1', 0, 10)))) return;
  throw new AppError('unknown_format', `"${path}" is ${kind.name}, which is not read; ${kind.remedy}`);
}
