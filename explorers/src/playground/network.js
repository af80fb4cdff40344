// The playground's network: forward, backward, gradient descent, and runs that can go back.
// Weights are one array: W (inputs x outputs, row by row) and b of each layer, the output last.

import { FEATURES, makeFeatures, makeKey, normals, ORDER, split, START, uniforms } from "./points.js";

export const MOST_UPDATES = 20000, TEST_EVERY = 10;
const KEEP_EVERY = 250, FAR = 1e6;

const tanh = (z) => 1 - 2 / (Math.exp(2 * z) + 1); // a third of the time of Math.tanh, and as near
const sigmoid = (z) => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)));

// Each activation, and its slope written in its own value.
const ACTIVATION = {
  tanh: [tanh, (h) => 1 - h * h],
  relu: [(z) => (z > 0 ? z : 0), (h) => (h > 0 ? 1 : 0)],
  sigmoid: [sigmoid, (h) => h * (1 - h)],
  linear: [(z) => z, () => 1],
};

/** Where each layer has its weights: [{ inputs, outputs, at }], the biases after the weights. */
export function shapeOf({ features, hidden, classes }) {
  const sizes = [features.length, ...hidden, classes === 2 ? 1 : classes];
  let at = 0;
  return sizes.slice(1).map((outputs, k) => {
    const layer = { inputs: sizes[k], outputs, at };
    at += (sizes[k] + 1) * outputs;
    return layer;
  });
}

export const sizeOf = (shape) => shape.reduce((total, { inputs, outputs }) => total + (inputs + 1) * outputs, 0);

function firstWeights(shape, seed) {
  const z = normals(makeKey(START, seed), sizeOf(shape)), w = new Float64Array(z.length);
  let drawn = 0;
  for (const { inputs, outputs, at } of shape) {
    const fan = Math.sqrt(Math.max(1, inputs));
    for (let k = 0; k < inputs * outputs; k += 1) w[at + k] = z[drawn + k] / fan;
    drawn += inputs * outputs;
  }
  return w;
}

/** Room for what the units say of `rows` points, the logits last. */
export const room = (shape, rows) => shape.map(({ outputs }) => new Float64Array(rows * outputs));

/** Fill `h` with what each layer says of each row of X. */
export function forward(shape, w, X, rows, activation, h = room(shape, rows)) {
  const act = ACTIVATION[activation][0];
  let below = X;
  shape.forEach(({ inputs, outputs, at }, layer) => {
    const here = h[layer], bias = at + inputs * outputs, last = layer === shape.length - 1;
    for (let row = 0; row < rows; row += 1) {
      const from = row * inputs, to = row * outputs;
      for (let j = 0; j < outputs; j += 1) {
        let z = w[bias + j];
        for (let i = 0; i < inputs; i += 1) z += below[from + i] * w[at + i * outputs + j];
        here[to + j] = last ? z : act(z);
      }
    }
    below = here;
  });
  return h;
}

/** The mean loss of logits z; where `dz` is given it is filled with the gradient. */
function lossOf(z, y, rows, outputs, loss, dz) {
  let total = 0;
  if (outputs === 1) {
    for (let row = 0; row < rows; row += 1) {
      const p = sigmoid(z[row]), error = p - y[row], wrong = y[row] ? -z[row] : z[row];
      total += loss === "CE" ? Math.max(wrong, 0) + Math.log1p(Math.exp(-Math.abs(wrong))) : error * error;
      if (dz) dz[row] = (loss === "CE" ? error : 2 * error * p * (1 - p)) / rows;
    }
    return total / rows;
  }
  const p = new Float64Array(outputs);
  for (let row = 0; row < rows; row += 1) {
    const from = row * outputs;
    let [most, sum, squares, through] = [-Infinity, 0, 0, 0];
    for (let k = 0; k < outputs; k += 1) most = Math.max(most, z[from + k]);
    for (let k = 0; k < outputs; k += 1) sum += p[k] = Math.exp(z[from + k] - most);
    for (let k = 0; k < outputs; k += 1) {
      p[k] /= sum;
      const error = p[k] - (y[row] === k);
      squares += error * error;
      through += error * p[k];
    }
    total += loss === "CE" ? most + Math.log(sum) - z[from + y[row]] : squares;
    for (let k = 0; dz && k < outputs; k += 1) {
      const error = p[k] - (y[row] === k);
      dz[from + k] = (loss === "CE" ? error : 2 * p[k] * (error - through)) / rows;
    }
  }
  return total / rows;
}

/** Fill `slopes` with the gradient of every weight, given what the layers said and the gradient of the logits. */
function backward(shape, w, X, rows, activation, h, back, slopes) {
  const slope = ACTIVATION[activation][1];
  slopes.fill(0);
  for (let layer = shape.length - 1; layer >= 0; layer -= 1) {
    const { inputs, outputs, at } = shape[layer], below = layer ? h[layer - 1] : X, bias = at + inputs * outputs;
    for (let row = 0; row < rows; row += 1) {
      const from = row * inputs, to = row * outputs;
      for (let j = 0; j < outputs; j += 1) slopes[bias + j] += back[layer][to + j];
      for (let i = 0; i < inputs; i += 1) {
        const value = below[from + i], weights = at + i * outputs;
        let handed = 0;
        for (let j = 0; j < outputs; j += 1) {
          const d = back[layer][to + j];
          slopes[weights + j] += value * d;
          handed += w[weights + j] * d;
        }
        if (layer) back[layer - 1][from + i] = handed * slope(value);
      }
    }
  }
}

/** Points as a network reads them. */
function asSet(points, features) {
  return { X: makeFeatures(points, features), y: Uint8Array.from(points, (point) => point[2]), rows: points.length };
}

/** The share of points whose logits are on the right side. */
function shareRight(z, y, rows, outputs) {
  let right = 0;
  for (let row = 0; row < rows; row += 1) {
    const from = row * outputs;
    let best = 0;
    for (let k = 1; k < outputs; k += 1) if (z[from + k] > z[from + best]) best = k;
    right += (outputs === 1 ? Number(z[row] > 0) : best) === y[row];
  }
  return right / rows;
}

/** One training run, as far as it has been asked for: at(updates) gives its moment. */
function makeRun(settings) {
  const { activation, loss, rate, batch, L1, L2, seed } = settings;
  const features = FEATURES.filter((name) => settings.features.includes(name));
  const shape = shapeOf({ ...settings, features }), { outputs } = shape.at(-1), points = split(settings);
  const train = asSet(points.train, features), test = asSet(points.test, features);
  const h = room(shape, train.rows), back = room(shape, train.rows), hTest = room(shape, test.rows);
  const trainLosses = new Float64Array(MOST_UPDATES + 1), testLosses = new Float64Array(MOST_UPDATES / TEST_EVERY + 1);
  let weights = firstWeights(shape, seed), spare = weights.slice(), done = 0, noted = -1, end = MOST_UPDATES;
  const slopes = new Float64Array(weights.length), kept = new Map([[0, weights.slice()]]), small = asSet([], features);
  // fresh: whether h holds what these weights say of all training points; order: that of these points in an epoch
  let fresh = false, order, orderOf = -1;

  const logits = (set, layers) => forward(shape, weights, set.X, set.rows, activation, layers).at(-1);
  const lossOn = (set, layers) => (set.rows ? lossOf(logits(set, layers), set.y, set.rows, outputs, loss) : 0);

  function note() {
    if (done <= noted) return;
    trainLosses[done] = lossOn(train, h);
    fresh = true;
    if (done % TEST_EVERY === 0) testLosses[done / TEST_EVERY] = lossOn(test, hTest);
    if (done % KEEP_EVERY === 0) kept.set(done, weights.slice());
    noted = done;
  }

  /** The points of the next update: all, or the next few in the order of this epoch. */
  function rows() {
    if (batch === 0 || batch >= train.rows) return train;
    const each = Math.ceil(train.rows / batch), epoch = Math.floor(done / each), k = done % each, columns = features.length;
    if (epoch !== orderOf) {
      const u = uniforms(makeKey(ORDER, seed, epoch), train.rows);
      [order, orderOf] = [Array.from(u.keys()).sort((a, b) => u[a] - u[b] || a - b), epoch];
    }
    const chosen = order.slice(k * batch, (k + 1) * batch);
    small.X = new Float64Array(chosen.length * columns);
    chosen.forEach((row, to) => small.X.set(train.X.subarray(row * columns, (row + 1) * columns), to * columns));
    return Object.assign(small, { y: Uint8Array.from(chosen, (row) => train.y[row]), rows: chosen.length });
  }

  /** One update; false, and nothing done, where the weights have run away. */
  function step() {
    const set = rows();
    if (!set.rows) return true;
    if (!fresh || set !== train) logits(set, h);
    fresh = false;
    lossOf(h.at(-1), set.y, set.rows, outputs, loss, back.at(-1));
    backward(shape, weights, set.X, set.rows, activation, h, back, slopes);
    let far = false;
    for (const { inputs, outputs: units, at } of shape) {
      const bias = at + inputs * units;
      for (let k = at; k < bias + units; k += 1) {
        const w = weights[k], pull = k < bias ? L1 * Math.sign(w) + L2 * w : 0;
        spare[k] = w - rate * (slopes[k] + pull);
        if (!(Math.abs(spare[k]) < FAR)) far = true;
      }
    }
    if (far) return false;
    [weights, spare] = [spare, weights];
    return true;
  }

  /** Of the test points; of the training points where none are to test. */
  function accuracy() {
    const set = test.rows ? test : train;
    fresh = fresh && set === test;
    return set.rows ? shareRight(logits(set, test.rows ? hTest : h), set.y, set.rows, outputs) : 1;
  }

  return { points, shape, features, at(updates) {
    if (done > Math.min(updates, end)) {
      done = Math.floor(updates / KEEP_EVERY) * KEEP_EVERY;
      [weights, fresh] = [kept.get(done).slice(), false];
    }
    for (note(); done < Math.min(updates, end); note()) {
      if (!step()) end = done;
      else done += 1;
    }
    return { weights, done, train_losses: trainLosses.subarray(0, done + 1),
      test_losses: testLosses.subarray(0, Math.floor(done / TEST_EVERY) + 1), test_accuracy: accuracy(), stopped: done < updates };
  } };
}

const runs = new Map();

/** The run of a state's settings; the last few are kept. */
export function runOf(state) {
  const settings = { ...state, updates: 0 }, key = JSON.stringify(settings), run = runs.get(key) ?? makeRun(settings);
  runs.delete(key);
  runs.set(key, run);
  if (runs.size > 4) runs.delete(runs.keys().next().value);
  return run;
}

/** Products of a weight and a value in one update: what an update costs. */
export function workOf(state) {
  const run = runOf(state), rows = run.points.train.length;
  return sizeOf(run.shape) * Math.max(rows, 1) + 1000;
}
