import { createSampleData, type SampleSummary } from '../sample/createSample';
import { Interrupt } from './interrupt';
import { EXIT, type ExitCode, formatBar, invocation, type Output } from './output';

/** Makes the sample data with a live bar. @param seed decides digits, sensor and noise. */
export async function makeSample(
  folder: string,
  output: Output,
  { seed, signal }: { seed?: number; signal: AbortSignal },
): Promise<SampleSummary> {
  return createSampleData(folder, {
    seed,
    signal,
    onProgress: ({ done, total }) =>
      output.transient(`${formatBar(done / total)} simulating recording ${done}/${total}`),
  });
}

/** Writes sample data and its run configurations. */
export async function sample(folder: string, { seed }: { seed?: number }, output: Output): Promise<ExitCode> {
  const interrupt = new Interrupt(output);
  try {
    const made = await makeSample(folder, output, { seed, signal: interrupt.signal });
    const { trainRecordings, testRecordings, images, configurations, kept } = made;
    output.print(
      `${trainRecordings} training and ${testRecordings} test recordings, ${images} images in ${made.folder}`,
    );
    if (made.replacedEarlier) {
      output.note('replaced the earlier sample data of this folder');
    }
    for (const file of kept) {
      output.note(`kept ${file}: it was edited`);
    }
    output.print(`train with: ${invocation()} train "${configurations[0]}"`);
    return EXIT.ok;
  } finally {
    interrupt.dispose();
  }
}
