// The course's functions of probabilities and logits, as course_utils has them.

export const sum = (values) => values.reduce((total, value) => total + value, 0);
export const mean = (values) => sum(values) / values.length;
export const sigmoid = (z) => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)));
export const softplus = (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

/** In nats; an impossible outcome adds nothing. */
export const entropy = (p) => sum(p.map((each) => (each > 0 ? -each * Math.log(each) : 0)));
