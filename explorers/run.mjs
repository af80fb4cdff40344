// What the tests ask: {"NAME": [state, ...]} on stdin, and on stdout for each state its numbers, caption, code and the goals that
// it reaches. It needs no package. Infinite numbers and those that are none are written as "inf", "-inf" and "nan".

import { stdin, stdout } from "node:process";

const plain = (_, value) => (typeof value === "number" && !Number.isFinite(value)
  ? String(value).replace("Infinity", "inf").replace("NaN", "nan") : ArrayBuffer.isView(value) ? [...value] : value);

let asked = "";
for await (const piece of stdin) asked += piece;
const answers = {};
for (const [name, states] of Object.entries(JSON.parse(asked))) {
  const { start, compute, caption, code, goals } = await import(`./src/${name}/numbers.js`);
  const reachedAtFirst = goals.map((goal) => goal.reached(start, compute(start)));
  answers[name] = { start, reachedAtFirst, goals: goals.map((goal) => goal.text), states: states.map((state) => {
    const numbers = compute(state);
    const reached = goals.map((goal) => goal.reached(state, numbers));
    return { numbers, caption: caption(state, numbers), code: code(state, numbers), reached };
  }) };
}
stdout.write(JSON.stringify(answers, plain));
