import { stat } from 'node:fs/promises';
import path from 'node:path';
import {
  CIFAR10_FILES,
  type CifarRecord,
  findCifar10,
  groupRecords,
  readCifarBatch,
  readCifarNames,
} from './cifar10';
import { corruptFile, type ImageReport } from './imageReport';

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

/**
 * Checks every batch file of CIFAR-10; damaged and missing ones are left out of the counts.
 * @param folder absolute; the folder of the batch files or the one above it.
 * @throws SpikeBridgeError (data) where the folder has another layout.
 */
export async function checkCifar10(folder: string): Promise<ImageReport> {
  const root = await findCifar10(folder);
  const names = await readCifarNames(root);
  const records: CifarRecord[] = [];
  const missing: string[] = [];
  const corrupt: ImageReport['corrupt'][number][] = [];
  const warnings: string[] = [];
  for (const name of CIFAR10_FILES) {
    const file = path.join(root, name);
    if (!(await exists(file))) {
      missing.push(name);
      continue;
    }
    try {
      const batch = await readCifarBatch(file);
      records.push(...batch.records);
      warnings.push(...batch.warnings);
    } catch (error) {
      corrupt.push(corruptFile(error));
    }
  }
  const { classes } = groupRecords(names, records);
  const counts = classes.map(({ name, images }) => ({ name, count: images.length }));
  return { classes: counts, missing, corrupt, warnings };
}
