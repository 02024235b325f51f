/** The script inside a widget's frame: the same Widget, drawn in here, with the page asked for the rest. */

import { loadedIn } from "./frames/framed";

const channel = document.currentScript?.dataset["channel"] ?? "";

/** Many widgets keep small things there; a frame has no storage, so these last as long as it does. */
function lendStorage(name: "localStorage" | "sessionStorage"): void {
  const held = new Map<string, string>();
  const storage = {
    getItem: (key: string) => held.get(String(key)) ?? null,
    setItem: (key: string, value: string) => void held.set(String(key), String(value)),
    removeItem: (key: string) => void held.delete(String(key)),
    clear: () => held.clear(),
    key: (index: number) => [...held.keys()][index] ?? null,
    get length() {
      return held.size;
    },
  };
  Object.defineProperty(window, name, { value: storage, configurable: true });
}

lendStorage("localStorage");
lendStorage("sessionStorage");
loadedIn(window, channel);
