// What drives the updates: it plays, and after a change of the settings it trains the new run up to where the old one was.

import { MOST_UPDATES, workOf } from "./network.js";

const WORK = 2.5e6; // products a picture, some ten milliseconds

/** How many updates a picture can wait for. */
const affordable = (state) => Math.max(1, Math.floor(WORK / workOf(state)));

export function makeClock(page) {
  const set = page.set;
  const clock = { on: false, speed: 5, target: null };

  function tick() {
    const { state } = page, most = affordable(state), behind = clock.target !== null;
    const end = behind ? clock.target : MOST_UPDATES;
    const next = Math.min(end, state.updates + (behind ? most : Math.min(clock.speed, most)));
    set({ updates: next });
    if (behind && next >= end) clock.target = null;
    if (next >= MOST_UPDATES || page.compute(page.state).stopped) Object.assign(clock, { on: false, target: null });
    return clock.on || clock.target !== null;
  }

  page.set = (patch) => {
    const { state } = page, wanted = patch.updates ?? clock.target ?? state.updates, tidied = { ...patch };
    clock.target = null;
    if ("noise" in patch) tidied.noise = Math.round(20 * patch.noise) / 20;
    if ("share" in patch) tidied.share = Math.round(patch.share);
    if (Object.keys(patch).some((key) => key !== "updates")) {
      const most = affordable({ ...state, ...tidied });
      tidied.updates = page.still ? wanted : Math.min(wanted, most);
      if (tidied.updates < wanted) clock.target = wanted;
    }
    set(tidied);
  };
  page.parts.push(() => { // a control stops what moves; it goes on with what the control has changed
    if ((clock.on || clock.target !== null) && !page.moving) page.animate(tick);
  });
  clock.reach = () => Math.min(MOST_UPDATES, page.state.updates + affordable(page.state));
  clock.pause = () => { clock.on = false; page.redraw(); };
  clock.toggle = () => {
    clock.on = !clock.on;
    if (clock.on && page.state.updates >= MOST_UPDATES) page.set({ updates: 0 });
    if (!clock.on) page.stop();
    page.redraw();
  };
  page.reset.push(() => Object.assign(clock, { on: false, target: null }));
  return clock;
}
