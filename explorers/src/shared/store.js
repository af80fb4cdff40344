// Where an explorer's state lives: in a widget's model, which a kernel may share, or in the page alone.

const TOLD_EVERY = 100; // milliseconds between two messages to the kernel

/**
 * The synced traits `keys` of an anywidget model.
 *
 * The picture follows at once; the kernel is told a little later, because what JupyterLab does around a message takes
 * longer than the picture, and would come before it. The kernel's echo of the message before puts the model back to
 * what that one said: so what it was not told yet is kept here, and counts.
 */
export function modelStore(model, keys) {
  let waits = 0, untold = {};
  const put = (patch) => Object.entries(patch).forEach(([key, value]) => model.set(key, value));
  const tell = () => {
    put(untold);
    [waits, untold] = [0, {}];
    model.save_changes();
  };
  return {
    get: () => ({ ...Object.fromEntries(keys.map((key) => [key, model.get(key)])), ...untold }),
    set(patch) {
      Object.assign(untold, patch);
      put(patch);
      waits ||= setTimeout(tell, TOLD_EVERY);
    },
    watch(follow) {
      keys.forEach((key) => model.on(`change:${key}`, follow));
      return () => {
        keys.forEach((key) => model.off(`change:${key}`, follow));
        if (waits) { clearTimeout(waits); tell(); }
      };
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
