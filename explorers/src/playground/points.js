// The playground's points, features and random numbers: those of course_utils/explorers/playground/points.py.

export const DATA = ["blobs", "circles", "moons", "spiral", "xor", "sine", "own"];
export const FEATURES = ["x1", "x2", "sq1", "sq2", "product", "sin1", "sin2"];
export const REACH = 1.6; // the plane is shown from -REACH to REACH
export const POINTS = 63, START = 2, ORDER = 3; // what random numbers are for: each has its own
const N = 400, TURN = 2 * Math.PI;

/** The k-th number (from 1) of mulberry32 that begins with `key`: 32 bits. */
function bits(key, k) {
  const a = (key + Math.imul(0x6d2b79f5, k)) >>> 0;
  let t = Math.imul(a ^ (a >>> 15), a | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return (t ^ (t >>> 14)) >>> 0;
}

export const makeKey = (...parts) => parts.reduce((key, part) => bits((key + part) >>> 0, 1), 0);
export const uniforms = (key, count) => Float64Array.from({ length: count }, (_, k) => bits(key, k + 1) / 2 ** 32);

export function normals(key, count) {
  const u = uniforms(key, 2 * count);
  return Float64Array.from({ length: count }, (_, k) => Math.sqrt(-2 * Math.log1p(-u[2 * k])) * Math.cos(TURN * u[2 * k + 1]));
}

const polar = (radius, angle) => [radius * Math.cos(angle), radius * Math.sin(angle)];

// Where a point of class c among K lies without noise; u and v say where in its class it has its place.
const PLACES = {
  blobs: (c, K) => polar(0.7 * Math.sqrt(2), TURN * (5 / 8 + c / K)),
  circles: (c, K, u) => polar(1 - c / K, TURN * u),
  moons(c, K, u) {
    const x = c + (c === 1 ? -1 : 1) * Math.cos(Math.PI * u) - (K - 1) / 2;
    const height = (c === 1 ? 0.5 - Math.sin(Math.PI * u) : Math.sin(Math.PI * u)) - 0.25;
    return [x, height];
  },
  spiral: (c, K, u) => polar(0.1 + 1.2 * u, TURN * (c / K + (3 / K) * u)),
  xor(c, K, u, v) { // sectors, of which those across from each other are of one class
    return polar(1.4 * Math.sqrt(0.02 + 0.98 * ((2 * v) % 1)), (Math.PI / K) * (c + K * (v >= 0.5) + 0.06 + 0.88 * u));
  },
  sine(c, K, u, v) { // bands, one above the other
    const x = 3 * u - 1.5;
    return [x, Math.sin(Math.PI * x) / 2 - 0.9 + (1.8 / K) * (c + 0.06 + 0.88 * v)];
  },
};

/** Points as [x1, x2, class]; "own" has none. */
function drawPoints({ data, classes, noise, draw }) {
  if (data === "own") return [];
  const shrunk = data === "moons" ? 1.6 / classes : 1;
  const all = uniforms(makeKey(POINTS, draw), 4 * N);
  return Array.from({ length: N }, (_, k) => {
    const [u, v, a, b] = all.subarray(4 * k, 4 * k + 4), label = k % classes, place = PLACES[data](label, classes, u, v);
    const shift = polar(Math.sqrt(-2 * Math.log1p(-a)), TURN * b);
    return [shrunk * (place[0] + noise * shift[0]), shrunk * (place[1] + noise * shift[1]), label];
  });
}

/** What is trained on and what is tested on, points added by hand among the first. */
export function split(state) {
  const all = drawPoints(state), n = all.length - Math.floor((all.length * state.share) / 100);
  return { train: [...all.slice(0, n), ...state.points.filter((point) => point[2] < state.classes)], test: all.slice(n) };
}

export const FORMULAS = {
  x1: (x1) => x1, x2: (x1, x2) => x2, sq1: (x1) => x1 * x1, sq2: (x1, x2) => x2 * x2, product: (x1, x2) => x1 * x2,
  sin1: (x1) => Math.sin(Math.PI * x1), sin2: (x1, x2) => Math.sin(Math.PI * x2),
};

/** Rows of features, one point after the other. */
export function makeFeatures(points, names) {
  const columns = names.length, X = new Float64Array(points.length * columns), formulas = names.map((name) => FORMULAS[name]);
  points.forEach(([x1, x2], row) => formulas.forEach((formula, k) => { X[row * columns + k] = formula(x1, x2); }));
  return X;
}
