const EVERY_MS = 5;

export interface MemoryPeaks {
  readonly rssBefore: number;
  readonly rss: number;
  readonly heapBefore: number;
  readonly heap: number;
}

/** Watches this process' memory, in bytes. What grows within one turn of the event loop is seen at its end. */
export function sampleMemory(): { stop(): MemoryPeaks } {
  const before = process.memoryUsage();
  let heap = before.heapUsed + before.external;
  const sample = () => {
    const now = process.memoryUsage();
    heap = Math.max(heap, now.heapUsed + now.external);
  };
  const timer = setInterval(sample, EVERY_MS);
  return {
    stop: () => {
      clearInterval(timer);
      sample();
      const rss = process.resourceUsage().maxRSS * 1_024;
      return { rssBefore: before.rss, rss, heapBefore: before.heapUsed + before.external, heap };
    },
  };
}
