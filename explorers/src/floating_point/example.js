// What a page shows that names no formulas: four of the binary cross-entropy, rounded to the type after each step.

/** The nearest float16. */
export function half(value) {
  if (!Number.isFinite(value) || value === 0) return value;
  const step = 2 ** (Math.max(Math.floor(Math.log2(Math.abs(value))), -14) - 10), steps = value / step, down = Math.floor(steps);
  const up = steps - down > 0.5 || (steps - down === 0.5 && down % 2 !== 0), rounded = (down + up) * step;
  return Math.abs(rounded) > 65504 ? Math.sign(rounded) * Infinity : rounded;
}

const TYPES = [[half, Float32Array], [Math.fround, Float32Array], [Number, Float64Array]];
const FORMULAS = {
  "through p": ["p = 1 / (1 + exp(-z))\nloss = -t * log(p) - (1 - t) * log(1 - p)", (z, t, f) => {
    const p = f(1 / f(1 + f(Math.exp(-z))));
    return f(f(-t * f(Math.log(p))) - f((1 - t) * f(Math.log(f(1 - p)))));
  }],
  unshifted: ["loss = log(1 + exp(z)) - t * z", (z, t, f) => f(f(Math.log(f(1 + f(Math.exp(z))))) - t * z)],
  "softplus form": ["loss = maximum(z, 0) - t * z + log(1 + exp(-abs(z)))",
    (z, t, f) => f(Math.max(z, 0) - t * z + f(Math.log(f(1 + f(Math.exp(-Math.abs(z)))))))],
  "with log1p": ["loss = maximum(z, 0) - t * z + log1p(exp(-abs(z)))",
    (z, t, f) => f(Math.max(z, 0) - t * z + f(Math.log1p(f(Math.exp(-Math.abs(z))))))],
};
const sizes = Array.from({ length: 133 }, (_, k) => 10 ** (k / 40));
const bytes = (array) => btoa(Array.from(new Uint8Array(array.buffer), (each) => String.fromCharCode(each)).join(""));
const exact = (z, t) => (t ? 0 : z) + Math.log1p(Math.exp(-z));

export const example = {
  names: Object.keys(FORMULAS),
  written: Object.values(FORMULAS).map(([text]) => text),
  losses: TYPES.map(([f, Kind]) => bytes(Kind.from([0, 1].flatMap((t) => Object.values(FORMULAS).flatMap(([, loss]) =>
    sizes.map((z) => loss(f(z), t, f))))))),
  truth: bytes(Float64Array.from(TYPES.flatMap(([f]) => [0, 1].flatMap((t) => sizes.map((z) => exact(f(z), t)))))),
};
