import { closeSync, openSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { explainWriteFailure, writeAtomically } from './atomicWrite';
import type { MetricsRecord } from './metricsRecord';

/** metrics.jsonl, open for appending. Each record is one write of one line. */
export class MetricsFile {
  private constructor(
    private readonly file: string,
    private readonly descriptor: number,
  ) {}

  /** @throws SpikeBridgeError (run-folder) when the file cannot be opened. */
  static open(file: string): MetricsFile {
    try {
      return new MetricsFile(file, openSync(file, 'a'));
    } catch (error) {
      throw explainWriteFailure(error, file);
    }
  }

  /** @throws SpikeBridgeError (run-folder) when the disk is full. */
  append(record: MetricsRecord): void {
    try {
      const line = Buffer.from(`${JSON.stringify(record)}\n`);
      let written = 0;
      while (written < line.length) {
        written += writeSync(this.descriptor, line, written);
      }
    } catch (error) {
      throw explainWriteFailure(error, this.file);
    }
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

/** The whole records of a metrics text; a last line that a crash cut off is left out. */
export function parseMetrics(text: string): MetricsRecord[] {
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as MetricsRecord];
    } catch {
      return [];
    }
  });
}

/** Drops records after `iteration`, which a resumed run computes again, and a line that a crash cut off. */
export async function truncateMetrics(file: string, iteration: number): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const kept = parseMetrics(text).filter((record) => record.iteration <= iteration);
  const contents = kept.map((record) => `${JSON.stringify(record)}\n`).join('');
  if (contents !== text) {
    await writeAtomically(file, contents);
  }
}
