// Which goals a reader has reached: what an explorer begins with is nobody's merit.

/** Return a function (state, numbers) -> the goals reached for the first time, each after it was once not met. */
export function watchGoals(goals) {
  const open = new Set(), reached = new Set();
  return (state, n) => goals.filter((goal) => {
    const met = goal.reached(state, n);
    if (!met) open.add(goal);
    if (!met || !open.has(goal) || reached.has(goal)) return false;
    reached.add(goal);
    return true;
  });
}
