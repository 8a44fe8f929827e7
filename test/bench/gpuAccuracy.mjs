// Errors of the f32 convolutions on this machine's GPU against sums in double precision:
//   node test/bench/gpuAccuracy.mjs [BUNDLE of gpu/accuracyStep.ts that was built elsewhere]
import { spawnSync } from 'node:child_process';

const step = process.argv[2] ?? (await (await import('./gpu/bundleStep.mjs')).bundleStep('accuracyStep'));
process.exitCode = spawnSync(process.execPath, [step], { stdio: 'inherit' }).status ?? 1;
