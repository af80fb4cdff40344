// Where an explorer's state lives: in a widget's model, which a kernel may share, or in the page alone.

/** The synced traits `keys` of an anywidget model. */
export function modelStore(model, keys) {
  return {
    get: () => Object.fromEntries(keys.map((key) => [key, model.get(key)])),
    set(patch) {
      Object.entries(patch).forEach(([key, value]) => model.set(key, value));
      model.save_changes();
    },
    watch(follow) {
      keys.forEach((key) => model.on(`change:${key}`, follow));
      return () => keys.forEach((key) => model.off(`change:${key}`, follow));
    },
  };
}

/** A state of the page's own. */
export function pageStore(start) {
  let state = { ...start };
  const watchers = new Set();
  return {
    get: () => state,
    set(patch) {
      state = { ...state, ...patch };
      watchers.forEach((follow) => follow());
    },
    watch(follow) {
      watchers.add(follow);
      return () => watchers.delete(follow);
    },
  };
}
