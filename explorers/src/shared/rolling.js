// A ball that takes the updates of a descent one by one, when a hand has let go of what it moved.

import { button } from "./controls.js";

/**
 * The ball: `ball.update` is how many updates it has taken, infinite while it lies at the end, as it does while a hand moves something.
 *
 * last(n): how many there are; milliseconds: how long all take, the first ones slowly; name: that of the button that rolls it again;
 * worth(state): what has to differ for a hand to start it.
 */
export function rolling(page, { last, milliseconds, name, worth = JSON.stringify }) {
  const ball = { update: Infinity };
  let rolled = worth(page.state);
  const roll = () => {
    rolled = worth(page.state);
    if (page.still) return;
    const end = last(page.compute(page.state));
    page.animate((passed) => {
      ball.update = passed < milliseconds ? end * (passed / milliseconds) ** 2 : Infinity;
      return passed < milliseconds;
    });
  };
  page.released.push(() => { if (worth(page.state) !== rolled) roll(); });
  page.reset.push(() => { ball.update = Infinity; });
  page.parts.push(() => { if (!page.moving) ball.update = Infinity; });
  button(page, { name, act: roll });
  return ball;
}

/** What lies between two updates, for a ball that is on its way. */
export function between(points, update) {
  const k = Math.floor(update), share = update - k, here = points[k], next = points[Math.min(k + 1, points.length - 1)];
  return here.map((value, axis) => value + share * (next[axis] - value));
}
