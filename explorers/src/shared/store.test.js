import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { modelStore } from "./store.js";

/** As much of an anywidget model as a store asks for. */
function fakeModel() {
  const values = {}, sent = [];
  return {
    sent,
    get: (key) => values[key],
    set: (key, value) => { values[key] = value; },
    on: () => {},
    off: () => {},
    save_changes: () => sent.push({ ...values }),
  };
}

test("the state is new at once, and the kernel is told once for all that moved since", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const model = fakeModel(), store = modelStore(model, ["z"]);
  [1, 2, 3].forEach((z) => store.set({ z }));
  assert.deepEqual([store.get(), model.sent], [{ z: 3 }, []]);
  mock.timers.tick(100);
  assert.deepEqual(model.sent, [{ z: 3 }]);
  store.set({ z: 4 });
  mock.timers.tick(100);
  assert.deepEqual(model.sent, [{ z: 3 }, { z: 4 }]);
  mock.timers.reset();
});

test("what was not told yet is told when the explorer leaves the page, and only then", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const model = fakeModel(), store = modelStore(model, ["z"]), leave = store.watch(() => {});
  store.set({ z: 5 });
  leave();
  mock.timers.tick(1000);
  assert.deepEqual(model.sent, [{ z: 5 }]);
  store.watch(() => {})();
  assert.equal(model.sent.length, 1);
  mock.timers.reset();
});

test("an echo of what the kernel was told before does not undo what moved since", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const model = fakeModel(), store = modelStore(model, ["ink", "pen"]);
  store.set({ ink: "a" });
  mock.timers.tick(100);
  store.set({ ink: "ab" });
  model.set("ink", "a"); // the echo
  model.set("pen", 7); // a cell of the notebook
  assert.deepEqual(store.get(), { ink: "ab", pen: 7 });
  mock.timers.tick(100);
  assert.deepEqual(model.sent, [{ ink: "a" }, { ink: "ab", pen: 7 }]);
  mock.timers.reset();
});
