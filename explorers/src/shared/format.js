// Numbers as words: as Python writes them, so that a caption reads the same wherever it is made.

/** As Python's f"{value:.{digits}g}". */
export function general(value, digits = 3) {
  if (value === 0 || !Number.isFinite(value)) return String(value).replace("Infinity", "inf").replace("NaN", "nan");
  const [mantissa, raised] = value.toExponential(digits - 1).split("e"), exponent = Number(raised);
  const strip = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  if (exponent >= -4 && exponent < digits) return strip(value.toFixed(digits - 1 - exponent));
  return `${strip(mantissa)}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

/** With so many digits after the point, and never a minus before a zero. */
export function fixed(value, digits = 2) {
  const text = value.toFixed(digits);
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text;
}

/** A power of ten for an axis: 10⁻³. */
export function power(value) {
  const raised = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
  const exponent = Math.round(Math.log10(value));
  return exponent === 0 ? "1" : exponent === 1 ? "10" : `10${[...String(exponent)].map((each) => raised[each]).join("")}`;
}

/** A value as Python source; numbers that are meant as floats keep their point. */
export function python(value, { float = false } = {}) {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((each) => python(each, { float })).join(", ")}]`;
  return float && Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** "a", "a and b", "a, b and c". */
export function listed(words) {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
