// How long the page stands still.

/**
 * Watches until it is stopped. Then tells the longest task that the browser itself reports, which it does
 * from 50 ms on (0 for none, `null` where it reports none ever), and the longest time between two turns
 * of a timer.
 */
export function watch() {
  const tasks = [];
  const reports = PerformanceObserver.supportedEntryTypes.includes("longtask");
  const note = (list) => tasks.push(...list.map(({ duration }) => duration));
  const observer = new PerformanceObserver((list) => note(list.getEntries()));
  if (reports) observer.observe({ type: "longtask" });
  let [last, longest] = [performance.now(), 0];
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }, 5);
  return async () => {
    clearInterval(timer);
    longest = Math.max(longest, performance.now() - last);
    // What was reported last is delivered later.
    await new Promise((resolve) => setTimeout(resolve, 20));
    note(observer.takeRecords());
    observer.disconnect();
    return { longTask: reports ? Math.max(0, ...tasks) : null, longestGap: longest };
  };
}
