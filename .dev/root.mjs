import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. In a file of its own, because bootstrap.mjs waits for what needs it. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
