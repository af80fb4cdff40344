// Two distributions over the same outcomes: what is (P), what is believed (Q), and every term of H, KL and CE.

import { fixed, listed, python } from "../shared/format.js";
import { sum } from "../shared/probability.js";

export const start = { names: ["rain", "sun", "cloud"], parts_of_p: [1, 4, 5], parts_of_q: [3, 2, 5] };

export const MOST = 10; // parts of an outcome

const shares = (parts) => parts.map((each) => each / sum(parts));
const price = (p, q) => (p === 0 ? 0 : 0 - p * Math.log(q)); // what p rules out adds nothing; 0 - 0 is 0, where -0 would be -0
const surprise = (p) => (p === 1 ? 0 : -Math.log(p));

export function compute({ parts_of_p, parts_of_q }) {
  const P = shares(parts_of_p), Q = shares(parts_of_q);
  const h = P.map((p) => price(p, p)), ce = P.map((p, k) => price(p, Q[k])), kl = ce.map((each, k) => each - h[k]);
  const back = Q.map((q, k) => price(q, P[k]) - price(q, q));
  return { P, Q, h, kl, ce, entropy: sum(h), divergence: sum(kl), cross_entropy: sum(ce), reverse: sum(back),
    surprises: P.map(surprise), prices: Q.map(surprise) };
}

/** The parts with which outcome k comes nearest to a share, while the others keep theirs; one of all stays above 0. */
export function partsAt(parts, k, share) {
  const others = sum(parts) - parts[k];
  if (others === 0) return parts;
  const miss = (part) => Math.abs(part / (part + others) - share);
  return parts.with(k, Array.from({ length: MOST + 1 }, (_, part) => part).reduce((best, part) => (miss(part) < miss(best) ? part : best)));
}

/** One part more or less, or several. */
export function partsMoved(parts, k, by) {
  const least = sum(parts) === parts[k] ? 1 : 0;
  return parts.with(k, Math.min(Math.max(parts[k] + by, least), MOST));
}

export const nats = (value, infinite = "infinite") => (Number.isFinite(value) ? fixed(value, 3) : infinite);

export function caption({ names }, n) {
  const each = (values) => values.map((value, k) => `${names[k]} ${nats(value)}`).join(", ");
  const missed = names.filter((_, k) => n.P[k] > 0 && n.Q[k] === 0);
  const first = missed.length ? `Q gives no chance to ${listed(missed)}, which P allows: the price is infinite.`
    : Math.abs(n.divergence) < 1e-12 ? `Q is P: KL is 0, and the cross-entropy is the entropy, ${nats(n.entropy)} nats.`
      : `Believing Q costs ${nats(n.divergence)} nats more than knowing P: CE ${nats(n.cross_entropy)} = H ${nats(n.entropy)} + KL.`;
  return [
    first.length <= 160 ? first : "Q gives no chance to something that P allows: the price is infinite.",
    `P: ${each(n.P)}. Q: ${each(n.Q)}. In nats: entropy H(P) = ${nats(n.entropy)} (${each(n.h)}); `
      + `divergence KL(P, Q) = ${nats(n.divergence)} (${each(n.kl)}); `
      + `cross-entropy CE(P, Q) = ${nats(n.cross_entropy)} (${each(n.ce)}). The other way round, KL(Q, P) = ${nats(n.reverse)}.`,
  ];
}

export function code({ parts_of_p, parts_of_q }) {
  return [
    "from course_utils.explorers.two_distributions import every_term",
    "",
    `terms = every_term(${python(parts_of_p)}, ${python(parts_of_q)})`,
    "P, Q, h, kl, ce = terms[:5]  # what each outcome adds to H, KL and CE",
    "entropy, divergence, cross_entropy, reverse = terms[5:]",
  ].join("\n");
}

export const goals = [
  { text: "Make KL 0. Two moves are enough.", reached: (_, { divergence }) => Math.abs(divergence) < 1e-12 },
  { text: "Make the KL terms of all outcomes but one negative.",
    reached: (_, { kl }) => kl.length > 2 && kl.filter((term) => term < -1e-12).length === kl.length - 1 },
  { text: "Make KL(P, Q) infinite and leave KL(Q, P) finite.",
    reached: (_, { divergence, reverse }) => divergence === Infinity && reverse < Infinity },
];
