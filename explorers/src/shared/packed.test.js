import assert from "node:assert/strict";
import { test } from "node:test";
import { packed, unpacked } from "./packed.js";

test("the numbers come back", () => {
  const numbers = new Float32Array([0.5, -2, 1e9]), text = packed(new Uint8Array(numbers.buffer));
  assert.deepEqual(unpacked(text, Float32Array), numbers);
  assert.deepEqual([...unpacked("AP+A")], [0, 255, 128]);
});
