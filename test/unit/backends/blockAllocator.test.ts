import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BlockAllocator } from '../../../engine/backends/simd/blockAllocator';
import { ALIGNMENT, sizeClassOf } from '../../../engine/backends/simd/sizeClasses';

const START = 1024;
const LIMIT = 200_000;

/** A request: allocate so many bytes, or free one of the blocks held (by index, modulo their number). */
type Request = { readonly allocate: number } | { readonly free: number };

const requests: fc.Arbitrary<Request[]> = fc.array(
  fc.oneof(fc.record({ allocate: fc.integer({ min: 1, max: 30_000 }) }), fc.record({ free: fc.nat(1000) })),
  { maxLength: 200 },
);

interface Block {
  readonly address: number;
  readonly size: number;
}

/** Plays requests and returns the blocks still held. */
function play(allocator: BlockAllocator, list: readonly Request[]): Block[] {
  const held: Block[] = [];
  for (const request of list) {
    if ('allocate' in request) {
      const address = allocator.allocate(request.allocate);
      if (address !== undefined) {
        held.push({ address, size: sizeClassOf(request.allocate) });
      }
    } else if (held.length > 0) {
      const [block] = held.splice(request.free % held.length, 1);
      allocator.free((block as Block).address);
    }
    assertDisjoint(held);
  }
  return held;
}

function assertDisjoint(blocks: readonly Block[]): void {
  const sorted = [...blocks].sort((a, b) => a.address - b.address);
  sorted.forEach(({ address, size }, index) => {
    assert.equal(address % ALIGNMENT, 0);
    assert.ok(address >= START && address + size <= (sorted[index + 1]?.address ?? LIMIT), 'blocks overlap');
  });
}

describe('block allocator', () => {
  it('never hands out overlapping, unaligned or outlying blocks, and counts their bytes', () => {
    fc.assert(
      fc.property(requests, (list) => {
        const allocator = new BlockAllocator(START, LIMIT);
        const held = play(allocator, list);
        const { bytesInUse, peakBytes } = allocator.statistics();
        assert.equal(
          bytesInUse,
          held.reduce((sum, { size }) => sum + size, 0),
        );
        assert.ok(peakBytes >= bytesInUse);
      }),
      { seed: 20261121, numRuns: 300 },
    );
  });

  it('can hand out the whole range again once everything is freed', () => {
    fc.assert(
      fc.property(requests, (list) => {
        const allocator = new BlockAllocator(START, LIMIT);
        for (const { address } of play(allocator, list)) {
          allocator.free(address);
        }
        assert.equal(allocator.statistics().bytesInUse, 0);
        assert.notEqual(allocator.allocate(180_000), undefined);
      }),
      { seed: 20261121, numRuns: 300 },
    );
  });

  it('reuses a freed block for a request of nearly the same size', () => {
    const allocator = new BlockAllocator(START, LIMIT);
    const first = allocator.allocate(10_000) as number;
    allocator.free(first);
    assert.equal(allocator.allocate(9_900), first);
  });

  it('returns undefined when exhausted and refuses to free unknown addresses', () => {
    const allocator = new BlockAllocator(START, LIMIT);
    assert.equal(allocator.allocate(LIMIT), undefined);
    assert.throws(() => allocator.free(START), RangeError);
  });

  it('wastes at most an eighth, and less than one cache line on small blocks', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 32 }), (bytes) => {
        const waste = sizeClassOf(bytes) - bytes;
        assert.ok(waste >= 0 && waste < Math.max(ALIGNMENT, bytes / 8 + ALIGNMENT));
      }),
      { seed: 20261121 },
    );
  });
});
