import { runKernel } from './dispatch';

/**
 * The control block, shared by all threads. `ticket` holds the generation of the job in its high and the number of
 * unclaimed chunks in its low 32 bits, so that a late thread can never claim a chunk of a job it has not read.
 */
@unmanaged
class Control {
  ticket: i64;
  wake: i32;
  sleepers: i32;
  finished: i32;
  stop: i32;
  kernel: i32;
  chunks: i32;
  args: usize;
  scratch: usize;
  scratchStride: i32;
}

const SPINS: i32 = 4000;

/** Claims one chunk; the index of the chunk, or -1 when none is left. */
function claim(control: usize): i32 {
  while (true) {
    const ticket = atomic.load<i64>(control);
    const left = <i32>ticket;
    if (left == 0) return -1;
    if (atomic.cmpxchg<i64>(control, ticket, ticket - 1) == ticket) return left - 1;
  }
}

/** Runs chunks until none is left; the thread that finishes the last one wakes the caller. */
function drain(control: usize, thread: i32): void {
  const block = changetype<Control>(control);
  const finished = control + offsetof<Control>('finished');
  while (true) {
    const chunk = claim(control);
    if (chunk < 0) return;
    const chunks = block.chunks;
    runKernel(block.kernel, block.args, chunk, block.scratch + thread * block.scratchStride);
    if (atomic.add<i32>(finished, 1) + 1 == chunks) {
      atomic.notify(finished, 1);
    }
  }
}

/** Runs the job described in the control block to its end; called by the main thread only. */
export function runJob(control: usize): void {
  const block = changetype<Control>(control);
  const chunks = block.chunks;
  const finished = control + offsetof<Control>('finished');
  atomic.store<i32>(finished, 0);
  const generation = (atomic.load<i64>(control) >> 32) + 1;
  atomic.store<i64>(control, (generation << 32) | <i64>chunks);
  const wake = control + offsetof<Control>('wake');
  atomic.add<i32>(wake, 1);
  if (chunks > 1 && atomic.load<i32>(control + offsetof<Control>('sleepers')) > 0) {
    atomic.notify(wake, chunks - 1);
  }
  drain(control, 0);
  awaitFinished(finished, chunks);
}

function awaitFinished(finished: usize, chunks: i32): void {
  let spins = 0;
  while (true) {
    const done = atomic.load<i32>(finished);
    if (done == chunks) return;
    if (++spins > SPINS) atomic.wait<i32>(finished, done, -1);
  }
}

/** A worker thread's life: take part in jobs, sleep between them, return when `stop` is set. */
export function serve(control: usize, thread: i32): void {
  const wake = control + offsetof<Control>('wake');
  const sleepers = control + offsetof<Control>('sleepers');
  const stop = control + offsetof<Control>('stop');
  while (atomic.load<i32>(stop) == 0) {
    const seen = atomic.load<i32>(wake);
    drain(control, thread);
    let spins = 0;
    while (spins < SPINS && atomic.load<i32>(wake) == seen) spins++;
    if (atomic.load<i32>(wake) != seen) continue;
    atomic.add<i32>(sleepers, 1);
    atomic.wait<i32>(wake, seen, -1);
    atomic.sub<i32>(sleepers, 1);
  }
}
