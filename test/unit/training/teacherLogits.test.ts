import assert from 'node:assert/strict';
import { TeacherLogits } from '../../../engine/training/teacherLogits';

describe("a teacher's logits", () => {
  it('are asked for once per image, and given in the order of the batch', async () => {
    const asked: number[][] = [];
    const teacher = {
      classes: ['a', 'b'],
      async logits(colours: Float32Array) {
        return Float32Array.from([...colours].flatMap((image) => [image, -image]));
      },
    };
    const taught = new TeacherLogits(teacher, (images) => {
      asked.push([...images]);
      return Float32Array.from(images);
    });
    assert.deepEqual([...(await taught.of(Uint32Array.of(7, 3, 7)))], [7, -7, 3, -3, 7, -7]);
    assert.deepEqual([...(await taught.of(Uint32Array.of(3, 9)))], [3, -3, 9, -9]);
    assert.deepEqual([...(await taught.of(Uint32Array.of(9, 7)))], [9, -9, 7, -7]);
    assert.deepEqual(asked, [[7, 3], [9]]);
  });
});
